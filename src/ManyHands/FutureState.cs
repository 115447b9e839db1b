namespace ManyHands;

/// <summary>Where a task is on its way. It moves forward only, and ends in one of the last three.</summary>
public enum FutureState
{
    /// <summary>No worker has it.</summary>
    Queued,

    /// <summary>A worker has it.</summary>
    Running,

    /// <summary>It gave its result.</summary>
    Succeeded,

    /// <summary>It ended with an error.</summary>
    Failed,

    /// <summary>It was cancelled.</summary>
    Cancelled,
}
