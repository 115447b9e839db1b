namespace ManyHands;

/// <summary>
/// When a worker process is replaced by a fresh one although nothing is wrong with it. Only between tasks. The successor is started before the worker goes, and ready by then unless workers
/// are to live for less time than the machine needs to start them; <see cref="ExecutorSnapshot.Retirement"/> and <see cref="RetirementExceedsWork"/> tell.
/// </summary>
public sealed record Retirement
{
    /// <summary>Tasks after which it goes. Default: never.</summary>
    public int? AfterTasks { get; init; }

    /// <summary>Resident memory, in bytes, above which it goes when a task has ended. Default: never.</summary>
    public long? AboveBytes { get; init; }

    /// <summary>Age at which it goes. Default: never.</summary>
    public TimeSpan? AfterAge { get; init => field = value == Timeout.InfiniteTimeSpan ? null : value; }

    /// <summary>Idle time after which it goes; it comes back when there is work. Default: never.</summary>
    public TimeSpan? AfterIdle { get; init => field = value == Timeout.InfiniteTimeSpan ? null : value; }

    internal void Check()
    {
        if (AfterTasks is { } tasks)
            ArgumentOutOfRangeException.ThrowIfLessThan(tasks, 1, nameof(AfterTasks));
        if (AboveBytes is { } bytes)
            ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1, nameof(AboveBytes));
        if (AfterAge is { } age)
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(age, TimeSpan.Zero, nameof(AfterAge));
        if (AfterIdle is { } idle)
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(idle, TimeSpan.Zero, nameof(AfterIdle));
    }
}
