namespace ManyHands.Conformance.Work;

/// <summary>Work that leaves traces in the thread it ran on.</summary>
public static class Surroundings
{
    private static readonly AsyncLocal<int> _ambient = new();

    /// <summary>Sets an ambient value, and a synchronization context on which nothing ever runs.</summary>
    public static void Spoil(int value)
    {
        _ambient.Value = value;
        SynchronizationContext.SetSynchronizationContext(new Swallowing());
    }

    public static int Read(int ignored) => _ambient.Value + (ignored * 0);

    private sealed class Swallowing : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }
}
