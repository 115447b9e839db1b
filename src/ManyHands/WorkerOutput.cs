namespace ManyHands;

/// <summary>
/// Where the lines go that a worker process prints. What a task has printed is there before its result, and before <see cref="TaskEnded"/>. The last lines are kept
/// in any case, for <see cref="WorkerLostException"/> and <see cref="TaskTimeoutException"/>.
/// </summary>
public enum WorkerOutput
{
    /// <summary>To this process's console, line by line, output to output and errors to errors.</summary>
    Console,

    /// <summary>To the <see cref="ExecutorObserver"/>, as <see cref="WorkerPrinted"/>.</summary>
    Observer,

    /// <summary>Nowhere.</summary>
    Discard,
}
