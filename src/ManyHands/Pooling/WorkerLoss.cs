namespace ManyHands.Pooling;

/// <summary>What is known about a worker that is gone.</summary>
internal abstract record WorkerLoss
{
    /// <summary>One line for people.</summary>
    public abstract string Detail { get; }

    /// <summary>The error of a task that it was running.</summary>
    public abstract Exception ErrorFor(WorkItem item);
}
