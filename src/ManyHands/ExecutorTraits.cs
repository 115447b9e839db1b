namespace ManyHands;

/// <summary>What an executor promises, so that code can ask before it relies on it.</summary>
/// <param name="Isolation">What a failing task can take down with it.</param>
/// <param name="CopiesArguments">Arguments and results travel as bytes: the work sees a copy, and captured variables are refused.</param>
/// <param name="CanKill">Work that ignores cancellation is ended all the same.</param>
/// <param name="Delivery">How often a task may run when its worker is lost.</param>
public sealed record ExecutorTraits(Isolation Isolation, bool CopiesArguments, bool CanKill, Delivery Delivery);

/// <summary>What separates a task from the caller and from its neighbours.</summary>
public enum Isolation
{
    /// <summary>Nothing: one process, shared statics. A stack overflow ends the caller too.</summary>
    None,

    /// <summary>Own statics in the caller's process. No barrier against a crash.</summary>
    Context,

    /// <summary>A process of its own: a crash costs one task.</summary>
    Process,

    /// <summary>Another machine.</summary>
    Machine,
}

/// <summary>How often a task may run when the worker that has it is lost.</summary>
public enum Delivery
{
    /// <summary>Never twice, unless its submission says that it is idempotent.</summary>
    AtMostOnce,

    /// <summary>At least once: work must bear being run again.</summary>
    AtLeastOnce,
}
