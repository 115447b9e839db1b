namespace ManyHands;

/// <summary>Where the lines go that a worker process prints. Its last error lines are kept in any case, for <see cref="WorkerLostException"/>.</summary>
public enum WorkerOutput
{
    /// <summary>To this process's console, line by line, output to output and errors to errors.</summary>
    Console,

    /// <summary>To the <see cref="ExecutorObserver"/>, as <see cref="WorkerPrinted"/>.</summary>
    Observer,

    /// <summary>Nowhere.</summary>
    Discard,
}
