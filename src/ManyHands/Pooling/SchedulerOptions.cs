namespace ManyHands.Pooling;

/// <summary>What the scheduler needs to know of the executor's options.</summary>
internal sealed record SchedulerOptions
{
    public required int Workers { get; init; }

    /// <summary>Workers beside those, ready to step in when one is missing.</summary>
    public int WarmSpares { get; init; }

    public required int QueueLimit { get; init; }

    public required TimeSpan KillAfter { get; init; }

    public required RestartLimit RestartLimit { get; init; }

    /// <summary>A worker can be ended at once, so work that takes no token is not given time to stop.</summary>
    public required bool CanKill { get; init; }

    /// <summary>Items may lie ready in a lane behind the running one, and be taken back.</summary>
    public bool CanPrefetch { get; init; }

    public Retirement Retire { get; init; } = new();

    /// <summary>Cores that this process may use.</summary>
    public int Cores { get; init; } = Environment.ProcessorCount;

    /// <summary>Time a worker has to become ready.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time without an answer after which a worker has hung; null where nobody is asked.</summary>
    public TimeSpan? HeartbeatLimit { get; init; }

    /// <summary>Resident memory above which a busy worker is killed.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>For how long nothing must move before items that seem to wait for one another for ever are taken to do so.</summary>
    public TimeSpan GuessedStandstill { get; init; } = TimeSpan.MaxValue;

    /// <summary>Encoded arguments that may wait in the queue.</summary>
    public long QueueBytes { get; init; } = 256L << 20;
}
