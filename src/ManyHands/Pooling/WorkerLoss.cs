namespace ManyHands.Pooling;

/// <summary>What is known about a worker that is gone.</summary>
internal abstract record WorkerLoss
{
    /// <summary>One line for people.</summary>
    public abstract string Detail { get; }

    /// <summary>What errors tell about it beside how it ended; null where there is nothing.</summary>
    public virtual WorkerReport? Known => null;

    /// <summary>What is told about an attempt that it was running; null where no attempt can be lost with such a worker.</summary>
    public virtual LostAttempt? Attempt(int number, TimeSpan ran) => null;

    /// <summary>The error of a task that it was running.</summary>
    public abstract Exception ErrorFor(WorkItem item);
}
