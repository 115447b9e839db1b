namespace ManyHands;

/// <summary>What a task finds around itself: clean async-local values and its caller's cultures, whatever the task before it has left there.</summary>
/// <param name="clean">The execution context to begin with.</param>
/// <param name="context">What its caller had.</param>
/// <param name="visit">Those who wait for its end; null where they are in another process.</param>
internal sealed class WorkSurroundings(ExecutionContext clean, CallContext context, Visit? visit = null)
{
    private ExecutionContext? _prepared;

    /// <summary>Makes these the surroundings of the current thread. Cheap where they are already.</summary>
    public void Enter()
    {
        // Cultures live in async-local values, so the one reference tells of them too.
        if (_prepared is null || !ReferenceEquals(ExecutionContext.Capture(), _prepared))
            Prepare();
        if (SynchronizationContext.Current is not null)
            SynchronizationContext.SetSynchronizationContext(null);
    }

    private void Prepare()
    {
        if (_prepared is not null)
        {
            ExecutionContext.Restore(_prepared);
            return;
        }

        ExecutionContext.Restore(clean);
        context.Apply();
        visit?.Begin();
        _prepared = ExecutionContext.Capture() ?? clean;
    }
}
