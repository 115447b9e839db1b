namespace ManyHands;

/// <summary>What every executor can be told. All have defaults.</summary>
public record ExecutorOptions
{
    /// <summary>
    /// Number of workers. Default: for threads min(32, cores + 4), since they are for work that waits; for whatever computes the cores less
    /// <see cref="Headroom"/>. Cores are those the process may use (container limits and affinity count).
    /// </summary>
    public int? Workers { get; init; }

    /// <summary>Part of the cores left to the rest of the machine where <see cref="Workers"/> is not given. Default: 0.2.</summary>
    public double Headroom { get; init; } = 0.2;

    /// <summary>Tasks that may wait in the queue before a submission has to wait. Default: 10,000. They may hold 256 MiB of arguments at most.</summary>
    public int QueueLimit { get; init; } = 10_000;

    /// <summary>Run once in each worker before its first task. When it fails, the worker is not used; see <see cref="RestartLimit"/>.</summary>
    public WorkerInitializer? Initializer { get; init; }

    /// <summary>
    /// Time a cancelled task has to stop by itself before its worker is killed (or, on threads, given up). Work that takes no
    /// <see cref="CancellationToken"/> cannot stop by itself and gets none on processes. <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>: as long as it takes. Default: 5 s.
    /// </summary>
    public TimeSpan KillAfter { get; init => field = OrForEver(value); } = TimeSpan.FromSeconds(5);

    /// <summary>When to give up starting workers. Default: 5 failures in 10 s without a success.</summary>
    public RestartLimit RestartLimit { get; init; } = new();

    /// <summary>Hears what happens: tasks, workers, output. Default: nobody.</summary>
    public ExecutorObserver? Observer { get; init; }

    /// <summary><see cref="Workers"/>, or the cores less the headroom: 16 → 13, 8 → 6, 4 → 3, 2 → 2, 1 → 1.</summary>
    internal int ComputingWorkers =>
        Workers ?? Math.Max(1, (int)Math.Round(Environment.ProcessorCount * (1 - Headroom), MidpointRounding.AwayFromZero));

    /// <summary>The longest time there is, where one without end is meant.</summary>
    internal static TimeSpan OrForEver(TimeSpan time) => time == System.Threading.Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : time;

    internal virtual void Check()
    {
        if (Workers is { } workers)
            ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1, nameof(Workers));
        if (Headroom is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(Headroom), Headroom, "Headroom is a part of the cores: from 0 to less than 1.");
        ArgumentOutOfRangeException.ThrowIfLessThan(QueueLimit, 1, nameof(QueueLimit));
        ArgumentOutOfRangeException.ThrowIfLessThan(KillAfter, TimeSpan.Zero, nameof(KillAfter));
        ArgumentNullException.ThrowIfNull(RestartLimit, nameof(RestartLimit));
        RestartLimit.Check();
    }
}
