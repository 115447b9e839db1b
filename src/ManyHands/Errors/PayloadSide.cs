namespace ManyHands;

/// <summary>Where on its way a value failed to travel.</summary>
public enum PayloadSide
{
    /// <summary>The argument, in the caller's own call: nothing was queued.</summary>
    Submit,

    /// <summary>The argument, when the worker read it: the work did not run.</summary>
    WorkerInput,

    /// <summary>The result, in the worker: the work has run.</summary>
    Result,

    /// <summary>The result, when the caller's process read it: the work has run.</summary>
    ParentResult,

    /// <summary>The declared type of the result, in the caller's own call: nothing was queued.</summary>
    ResultType,
}
