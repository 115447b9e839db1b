namespace ManyHands;

/// <summary>How one task is to be run.</summary>
public record SubmitOptions
{
    internal static SubmitOptions Default { get; } = new();

    /// <summary>A name for events and error messages. Default: the name of the method that is run.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// Time the task may take once a worker has it; time in the queue does not count. It is then cancelled as by its caller, killed where
    /// the executor can kill, and fails with <see cref="TaskTimeoutException"/>. <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> means none. Default: none.
    /// </summary>
    public TimeSpan? Timeout { get; init => field = value == System.Threading.Timeout.InfiniteTimeSpan ? null : value; }

    /// <summary>Says that the work may safely run more than once. Default: false, so a task whose worker is lost fails.</summary>
    public bool Idempotent { get; init; }

    /// <summary>Runs an <see cref="Idempotent"/> task again when its worker is lost. Default: never.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>A label for executors that choose between others (<see cref="PlacementPolicy.Labels"/>); the rest ignore it. Default: none.</summary>
    public string? Placement { get; init; }

    /// <summary>
    /// What the work mostly does, for executors that choose by it; the rest ignore it. A <see cref="HybridExecutor"/> runs it on its executor for that kind, unless
    /// <see cref="Placement"/> names another. An <see cref="AdaptiveExecutor"/> takes it as a promise: what is declared as computing never runs in its own process. Default:
    /// asynchronous work waits and other work computes, or, in an <see cref="AdaptiveExecutor"/>, what is measured.
    /// </summary>
    public WorkKind? Kind { get; init; }

    internal void Check()
    {
        if (Timeout is { } timeout && timeout <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(Timeout), timeout, "A timeout must be longer than zero; leave it out for none.");
        if (Retry is not null && !Idempotent)
            throw new ArgumentException("Retry runs a task a second time, so the submission must also say Idempotent = true.", nameof(Retry));
        Retry?.Check();
    }

    /// <summary>How many workers the task may cost before it fails.</summary>
    internal int Attempts => Idempotent && Retry is { } retry ? retry.Attempts : 1;
}

/// <summary>What work mostly does with its time.</summary>
public enum WorkKind
{
    /// <summary>It keeps a core busy.</summary>
    Computing,

    /// <summary>It waits for network, disk or other programs.</summary>
    Waiting,
}
