namespace ManyHands;

/// <summary>An executor at one moment, for people and dashboards. Where it has others inside (<see cref="Inner"/>), numbers of workers are theirs.</summary>
/// <param name="Executor">Its type.</param>
/// <param name="Launch">How workers are launched.</param>
/// <param name="Workers">The workers that exist.</param>
/// <param name="Queued">Tasks that no worker has yet, those whose submission still waits included.</param>
/// <param name="Running">Tasks that a worker has.</param>
/// <param name="Succeeded">Tasks that gave a result since the executor was made. The items of a map count one each.</param>
/// <param name="Failed">Tasks that ended with an error.</param>
/// <param name="Cancelled">Tasks that were cancelled.</param>
/// <param name="WorkersLost">Workers that ended unasked.</param>
/// <param name="WorkersKilled">Workers ended by us because a task would not stop.</param>
/// <param name="WorkersRetired">Workers ended by policy.</param>
/// <param name="Abandoned">Threads given up because their task ignored cancellation; they are not ours to stop.</param>
/// <param name="ObserverErrors">Exceptions that the observer threw, and lines of workers that this process's console would not take.</param>
public sealed record ExecutorSnapshot(
    string Executor,
    string Launch,
    IReadOnlyList<WorkerSnapshot> Workers,
    int Queued,
    int Running,
    long Succeeded,
    long Failed,
    long Cancelled,
    long WorkersLost,
    long WorkersKilled,
    long WorkersRetired,
    int Abandoned,
    long ObserverErrors)
{
    /// <summary>The executors that this one chooses between, whose sum it is. Empty for most.</summary>
    public IReadOnlyList<ExecutorSnapshot> Inner { get; init; } = [];

    /// <summary>Why no worker can be started, while that is so and submissions fail at once; else null. If several of <see cref="Inner"/> are broken, the first of them.</summary>
    public BrokenSnapshot? Broken { get; init; }

    /// <summary>What <see cref="ProcessExecutorOptions.Retire"/> has cost since the executor was made. All zero where no worker that had run a task has retired.</summary>
    public RetirementCost Retirement { get; init; } = new(0, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>
    /// Load contexts of workers that have ended, which were unloaded at least five seconds and ten full garbage collections ago and are still in memory: something
    /// outside of them refers to what they have loaded. 0 for executors other than a <see cref="ContextExecutor"/> whose contexts are collectible.
    /// </summary>
    public int ContextsKept { get; init; }

    /// <summary>Of an executor that chooses between these.</summary>
    internal static ExecutorSnapshot Sum(string executor, ExecutorSnapshot[] inner) => new(
        executor,
        string.Join("; ", inner.Select(part => part.Launch).Distinct()),
        [.. inner.SelectMany(part => part.Workers)],
        inner.Sum(part => part.Queued),
        inner.Sum(part => part.Running),
        inner.Sum(part => part.Succeeded),
        inner.Sum(part => part.Failed),
        inner.Sum(part => part.Cancelled),
        inner.Sum(part => part.WorkersLost),
        inner.Sum(part => part.WorkersKilled),
        inner.Sum(part => part.WorkersRetired),
        inner.Sum(part => part.Abandoned),
        inner.Sum(part => part.ObserverErrors))
    {
        Inner = inner,
        Retirement = inner.Aggregate(new RetirementCost(0, TimeSpan.Zero, TimeSpan.Zero), (sum, part) => sum + part.Retirement),
        Broken = inner.Select(part => part.Broken).FirstOrDefault(broken => broken is not null),
        ContextsKept = inner.Sum(part => part.ContextsKept),
    };

    /// <summary>What an <see cref="AdaptiveExecutor"/> has chosen, for each method that it has been given. Empty for the others.</summary>
    public IReadOnlyList<WorkChoice> Choices { get; init; } = [];
}

/// <summary>Where an <see cref="AdaptiveExecutor"/> runs one method, at one moment.</summary>
/// <param name="Work">The method: <c>Namespace.Type.Method</c>.</param>
/// <param name="Executor">Type of the executor that runs it.</param>
/// <param name="Workers">Workers that it may use there.</param>
/// <param name="Reason">Why, with what was measured, for people.</param>
public sealed record WorkChoice(string Work, string Executor, int Workers, string Reason);

/// <summary>An executor that cannot start workers, at one moment; see <see cref="RestartLimit"/>.</summary>
/// <param name="Since">How long ago it broke.</param>
/// <param name="Cause">Why the last start failed.</param>
/// <param name="FailedStarts">Starts that have failed in a row.</param>
/// <param name="NextTryIn">Time until the next start; zero while one is under way, <see cref="TimeSpan.MaxValue"/> if there is none.</param>
public sealed record BrokenSnapshot(TimeSpan Since, Exception Cause, int FailedStarts, TimeSpan NextTryIn);

/// <summary>How long workers that retired took to start, beside how long they worked.</summary>
/// <param name="Workers">Workers that ran at least one task and retired.</param>
/// <param name="Starting">Time from their start until they were ready, in all.</param>
/// <param name="Working">Time their tasks ran, in all.</param>
public sealed record RetirementCost(long Workers, TimeSpan Starting, TimeSpan Working)
{
    /// <summary>Starting them took longer than what they were started for: they should retire later.</summary>
    public bool ExceedsWork => Starting > Working;

    /// <summary>The cost of both.</summary>
    /// <param name="one">One.</param>
    /// <param name="other">The other.</param>
    /// <returns>Their sum.</returns>
    public static RetirementCost operator +(RetirementCost one, RetirementCost other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return new(one.Workers + other.Workers, one.Starting + other.Starting, one.Working + other.Working);
    }
}

/// <summary>One worker at one moment.</summary>
/// <param name="Number">Its number, never used again after it is gone.</param>
/// <param name="Pid">Its process id, or null while it has none of its own.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Tasks">Tasks it has ended.</param>
public sealed record WorkerSnapshot(int Number, int? Pid, WorkerState State, long Tasks);

/// <summary>What a worker is doing.</summary>
public enum WorkerState
{
    /// <summary>Started, not yet ready.</summary>
    Starting,

    /// <summary>Ready and without a task.</summary>
    Idle,

    /// <summary>Ready, and held back until another worker is missing; see <see cref="ProcessExecutorOptions.WarmSpares"/>.</summary>
    Spare,

    /// <summary>Has at least one task.</summary>
    Busy,

    /// <summary>Told to end, by policy or because the executor closes.</summary>
    Stopping,

    /// <summary>Being ended because a task would not stop.</summary>
    Killed,
}
