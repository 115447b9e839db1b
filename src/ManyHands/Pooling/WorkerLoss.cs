namespace ManyHands.Pooling;

/// <summary>What is known about a worker that is gone.</summary>
internal abstract record WorkerLoss
{
    /// <summary>One line for people.</summary>
    public abstract string Detail { get; }

    /// <summary>What errors tell about it beside how it ended; null where there is nothing.</summary>
    public virtual WorkerReport? Known => null;

    /// <summary>The error of a task that it was running.</summary>
    public abstract Exception ErrorFor(WorkItem item);
}
