namespace ManyHands;

/// <summary>How many workers in a row may fail to start before the executor says that it is broken.</summary>
public sealed record RestartLimit
{
    /// <summary>Failed starts without a success in between. Default: 5.</summary>
    public int Failures { get; init; } = 5;

    /// <summary>
    /// A failure counts with those before it while less than this lies between the last one's end and its own start. Also the time after
    /// which starting is tried again while another worker works. Default: 10 s.
    /// </summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Failures, 1, nameof(Failures));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Window, TimeSpan.Zero, nameof(Window));
    }
}
