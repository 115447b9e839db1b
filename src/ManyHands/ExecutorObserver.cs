namespace ManyHands;

/// <summary>
/// Hears what happens in an executor. Called on the executor's own threads, several at once, never under a lock: be quick and thread-safe.
/// What it throws is counted in <see cref="ExecutorSnapshot.ObserverErrors"/> and harms nothing.
/// </summary>
public abstract class ExecutorObserver
{
    /// <summary>Called for each event.</summary>
    /// <param name="executorEvent">The event; match on its type.</param>
    public abstract void Observe(ExecutorEvent executorEvent);
}
