namespace ManyHands;

/// <summary>
/// The task ran longer than its submission allowed, and was stopped. Where its worker process had to be killed for it, the error tells what
/// is known about that worker.
/// </summary>
public sealed class TaskTimeoutException : TimeoutException
{
    internal TaskTimeoutException(string message, TimeSpan timeout, Exception? innerException = null, WorkerReport? report = null)
        : base(message, innerException)
    {
        Timeout = timeout;
        Pid = report?.Pid;
        LastLines = report?.LastLines ?? [];
        LastOutput = report?.LastOutput ?? [];
        Usage = report?.Usage;
    }

    /// <summary>The time that the task was given.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>Process id of the worker that was killed; null where none was, since the work stopped by itself or ran on a thread.</summary>
    public int? Pid { get; }

    /// <summary>The last lines that the worker wrote to its error output, oldest first. Earlier tasks may have written them.</summary>
    public IReadOnlyList<string> LastLines { get; }

    /// <summary>The last lines that the worker wrote to its ordinary output, oldest first. Earlier tasks may have written them.</summary>
    public IReadOnlyList<string> LastOutput { get; }

    /// <summary>What the worker had used; null where nothing is known.</summary>
    public WorkerUsage? Usage { get; }
}
