namespace ManyHands.Pooling;

/// <summary>Something the scheduler decided and the pool has to do.</summary>
internal readonly record struct SchedulerAction(SchedulerActionKind Kind, Worker? Worker = null, Lane? Lane = null, WorkItem? Item = null, object? Data = null)
{
    /// <summary>Done in order and under the lock, since later decisions count on them; the rest runs code of others and is done after it.</summary>
    public bool IsImmediate => Kind <= SchedulerActionKind.Stop;
}

internal enum SchedulerActionKind
{
    Start,

    /// <summary>Send what a lane has been given.</summary>
    Flush,
    Kill,

    /// <summary>Ask whether it is there.</summary>
    Ping,
    Stop,

    /// <summary>Read the worker's resident memory, and report it.</summary>
    LookAtMemory,

    /// <summary>Ask the item's work to stop.</summary>
    CancelPolitely,

    /// <summary>End the whole item with the error in Data.</summary>
    Fail,

    /// <summary>End the item's tasks that had begun when the worker was lost, with the loss in Data.</summary>
    FailLost,

    /// <summary>End the item as cancelled; what is known about the worker that was killed for it is in Data.</summary>
    EndCancelled,

    /// <summary>Tell the item that the queue has it.</summary>
    Admit,

    /// <summary>Tell the item, at the door, that it will not be taken; the error is in Data.</summary>
    Refuse,

    /// <summary>Tell the observer; the event is in Data.</summary>
    Event,

    /// <summary>Nothing is left.</summary>
    Closed,
}
