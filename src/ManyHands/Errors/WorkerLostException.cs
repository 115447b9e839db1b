using System.Globalization;

namespace ManyHands;

/// <summary>The worker process that executed the task ended before it gave a result. Other tasks are not touched by it.</summary>
public sealed class WorkerLostException : ExecutorException
{
    internal WorkerLostException(
        TaskId task,
        string work,
        int pid,
        WorkerLossCause cause,
        LostTaskState taskState,
        int attempt,
        int? exitCode = null,
        int? signal = null,
        WorkerReport? report = null,
        RetryHistory? history = null)
        : this(
            Describe(task, work, pid, cause, taskState, attempt, exitCode, signal, report ?? new WorkerReport(pid), history ?? new RetryHistory(null, [])),
            pid, cause, taskState, attempt, exitCode, signal, report ?? new WorkerReport(pid), history?.Attempts)
    {
    }

    internal WorkerLostException(
        string message,
        int pid,
        WorkerLossCause cause,
        LostTaskState taskState,
        int attempt,
        int? exitCode,
        int? signal,
        WorkerReport report,
        IReadOnlyList<LostAttempt>? attempts = null)
        : base(message)
    {
        Pid = pid;
        Cause = cause;
        TaskState = taskState;
        Attempt = attempt;
        ExitCode = exitCode;
        Signal = signal;
        LastLines = report.LastLines;
        LastOutput = report.LastOutput;
        Usage = report.Usage;
        Attempts = attempts ?? [];
    }

    /// <summary>Process id of the lost worker.</summary>
    public int Pid { get; }

    /// <summary>Why the worker was lost.</summary>
    public WorkerLossCause Cause { get; }

    /// <summary>The exit code, or null where a signal ended the worker.</summary>
    public int? ExitCode { get; }

    /// <summary>Number of the signal that ended the worker, or null.</summary>
    public int? Signal { get; }

    /// <summary>The last lines that the worker wrote to its error output, oldest first.</summary>
    public IReadOnlyList<string> LastLines { get; }

    /// <summary>The last lines that the worker wrote to its ordinary output, oldest first.</summary>
    public IReadOnlyList<string> LastOutput { get; }

    /// <summary>What the worker had used; null where nothing is known.</summary>
    public WorkerUsage? Usage { get; }

    /// <summary>How far the task had come.</summary>
    public LostTaskState TaskState { get; }

    /// <summary>Which attempt this was, counting from 1.</summary>
    public int Attempt { get; }

    /// <summary>Every attempt that was lost, this one included, oldest first: where, why, and how long it ran. Empty where nothing is known of them.</summary>
    public IReadOnlyList<LostAttempt> Attempts { get; }

    private static string Describe(
        TaskId task,
        string work,
        int pid,
        WorkerLossCause cause,
        LostTaskState taskState,
        int attempt,
        int? exitCode,
        int? signal,
        WorkerReport report,
        RetryHistory history)
    {
        string how = cause switch
        {
            WorkerLossCause.Killed => $"was killed{By(signal)}",
            WorkerLossCause.Crashed => $"crashed{With(exitCode, signal)}",
            WorkerLossCause.StackOverflow => $"overflowed its stack{With(exitCode, signal)}",
            WorkerLossCause.FailFast => $"failed fast{With(exitCode, signal)}",
            WorkerLossCause.OutOfMemory => $"ran out of memory{With(exitCode, signal)}",
            WorkerLossCause.Exited => $"exited{With(exitCode, signal)}",
            WorkerLossCause.Hung => "stopped answering and was killed",
            WorkerLossCause.Unknown => "ended, and how is not known, because something else in this process took its exit status (a native library that waits for any child?)",
            _ => "broke the protocol and was killed",
        };
        string known = taskState switch
        {
            LostTaskState.NotStarted => "The task had not started, so running it again is safe.",
            LostTaskState.Started => "The task had started, so part of its work may be done.",
            _ => "Whether the task had started is not known, so part of its work may be done.",
        };
        string note = report.Note is null ? "" : report.Note + " ";
        string again = attempt > 1 ? string.Create(CultureInfo.InvariantCulture, $" This was attempt {attempt}.") : "";
        string what = string.Create(CultureInfo.InvariantCulture, $"Task {task} ({work}) was lost: worker process {pid} {how}. ");
        return what + $"{note}{known}{report.LastWords}{report.Usage?.Sentence}{again}{history.Sentence(cause)}";
    }

    private static string By(int? signal) => signal is { } number ? $" by {NameOf(number)}" : "";

    private static string With(int? exitCode, int? signal)
        => signal is { } number ? $" ({NameOf(number)})"
        : exitCode is { } code ? string.Create(CultureInfo.InvariantCulture, $" with exit code {code}")
        : "";

    // The numbers of Linux; those above 9 that differ on macOS are not named here.
    private static string NameOf(int signal) => signal switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        15 => "SIGTERM",
        _ => string.Create(CultureInfo.InvariantCulture, $"signal {signal}"),
    };
}
