namespace ManyHands;

/// <summary>Something that happened in an executor.</summary>
public abstract record ExecutorEvent;

/// <summary>A task has ended; raised once for each. The items of a map are reported one by one.</summary>
/// <param name="Task">The task. The items that a map sends together share one.</param>
/// <param name="Name">Its name.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Error">What its caller gets to catch, or null.</param>
public sealed record TaskEnded(TaskId Task, string Name, TaskOutcome Outcome, Exception? Error) : ExecutorEvent;

/// <summary>How a task ended.</summary>
public enum TaskOutcome
{
    /// <summary>It gave its result.</summary>
    Succeeded,

    /// <summary>It ended with an error.</summary>
    Failed,

    /// <summary>It was cancelled.</summary>
    Cancelled,
}

/// <summary>A worker is ready for tasks.</summary>
/// <param name="Worker">Its number.</param>
/// <param name="Pid">Its process id, where it has one of its own.</param>
public sealed record WorkerStarted(int Worker, int? Pid) : ExecutorEvent;

/// <summary>A worker did not become ready.</summary>
/// <param name="Worker">Its number.</param>
/// <param name="Error">Why.</param>
public sealed record WorkerStartFailed(int Worker, Exception Error) : ExecutorEvent;

/// <summary>The executor has no worker and cannot start one; see <see cref="RestartLimit"/>. Raised once, when it breaks; it tries again by itself.</summary>
/// <param name="Error">Why, and when it tries again. What is submitted until then fails with one like it.</param>
public sealed record ExecutorBroken(ExecutorBrokenException Error) : ExecutorEvent;

/// <summary>An executor that was broken has a worker again, and takes work.</summary>
/// <param name="After">How long it was broken.</param>
public sealed record ExecutorRecovered(TimeSpan After) : ExecutorEvent;

/// <summary>A worker has ended.</summary>
/// <param name="Worker">Its number.</param>
/// <param name="Pid">Its process id, where it had one of its own.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="Detail">One line about it for people.</param>
public sealed record WorkerEnded(int Worker, int? Pid, WorkerEndReason Reason, string Detail) : ExecutorEvent
{
    /// <summary>
    /// Tasks that it was running and that fail for no other reason than its end: at most one for each of its lanes. A task that it was killed to stop is not among them.
    /// </summary>
    public IReadOnlyList<TaskId> Lost { get; init; } = [];
}

/// <summary>
/// Workers retire so often that starting them takes longer than what they are started for. Raised when that becomes so, judged by the last eight that retired; and again only
/// after it has been otherwise.
/// </summary>
/// <param name="Recent">What those cost. Have workers retire later; see <see cref="ProcessExecutorOptions.Retire"/>.</param>
public sealed record RetirementExceedsWork(RetirementCost Recent) : ExecutorEvent;

/// <summary>A task has lost the worker that had begun it. Raised for each attempt, before the task is run again or ends.</summary>
/// <param name="Task">The task. The items that a map sends together share one.</param>
/// <param name="Name">Its name.</param>
/// <param name="Attempt">Which attempt it was, in which worker, why that was lost, and how long it ran.</param>
/// <param name="RunsAgain">It is run again; else it fails.</param>
/// <param name="Delay">After this time; see <see cref="RetryPolicy.Delay"/>.</param>
public sealed record AttemptLost(TaskId Task, string Name, LostAttempt Attempt, bool RunsAgain, TimeSpan Delay) : ExecutorEvent;

/// <summary>Why a worker ended.</summary>
public enum WorkerEndReason
{
    /// <summary>Unasked.</summary>
    Lost,

    /// <summary>By us, because a task would not stop.</summary>
    Killed,

    /// <summary>By policy; see <see cref="Retirement"/>.</summary>
    Retired,

    /// <summary>Because the executor closed.</summary>
    Closed,

    /// <summary>Its thread was given up with a task that ignores cancellation.</summary>
    Abandoned,
}

/// <summary>
/// Workers of a <see cref="ContextExecutor"/> have ended, and their load contexts are kept in memory although they are <see cref="ContextExecutorOptions.Collectible"/>.
/// Raised once for each executor, when a worker ends and there are at least ten; <see cref="ExecutorSnapshot.ContextsKept"/> has the number at any time.
/// </summary>
/// <param name="Contexts">How many.</param>
/// <param name="Detail">What probably keeps them, and what to do, for people.</param>
public sealed record ContextsKept(int Contexts, string Detail) : ExecutorEvent;

/// <summary>A line that a worker process printed, if <see cref="WorkerOutput.Observer"/> asks for it. Comes before the end of the task that printed it.</summary>
/// <param name="Worker">The worker's number.</param>
/// <param name="Line">The line, without its end.</param>
/// <param name="IsError">It was printed to standard error.</param>
public sealed record WorkerPrinted(int Worker, string Line, bool IsError) : ExecutorEvent
{
    /// <summary>
    /// The line has ended. False if a task ended within it: then the rest comes with a later event, and may be empty. Lines above 8,192 characters come in pieces
    /// that each count as a line.
    /// </summary>
    public bool Ends { get; init; } = true;
}
