namespace ManyHands;

/// <summary>
/// When a task that lost its worker is run again, and how often in all. A task that no worker had begun goes back to the head of the queue whatever is said here: that is no
/// attempt. Each attempt that is lost is reported (<see cref="AttemptLost"/>), and the final error lists them (<see cref="WorkerLostException.Attempts"/>).
/// </summary>
public sealed record RetryPolicy
{
    /// <summary>
    /// Runs in all, the first included. Default: 3, as many lost workers as a task that always kills its worker may cost (Dask's limit).
    /// </summary>
    public int Attempts { get; init; } = 3;

    /// <summary>
    /// Losses after which it is run again. Default: <see cref="RetryCauses.FromOutside"/>. A crash, an exit or a want of memory is most likely the task's own doing, so it is run again
    /// after one of those only if asked; unless its worker ran several tasks at once (<see cref="ProcessExecutorOptions.LanesPerWorker"/>) and any of them may have done it.
    /// </summary>
    public RetryCauses On { get; init; } = RetryCauses.FromOutside;

    /// <summary>Time between the loss and the second attempt; twice as long before each further one. Default: none.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.Zero;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Attempts, 1, nameof(Attempts));
        ArgumentOutOfRangeException.ThrowIfLessThan(Delay, TimeSpan.Zero, nameof(Delay));
        if ((On & ~RetryCauses.Any) != 0)
            throw new ArgumentOutOfRangeException(nameof(On), On, "On has a cause that does not exist.");
    }

    internal bool Includes(WorkerLossCause cause) => (On & OneOf(cause)) != 0;

    /// <summary>How long to wait after a lost attempt.</summary>
    internal TimeSpan DelayAfter(int attempt)
    {
        double ticks = Delay.Ticks * Math.Pow(2, attempt - 1);
        return ticks < TimeSpan.MaxValue.Ticks ? TimeSpan.FromTicks((long)ticks) : TimeSpan.MaxValue;
    }

    internal static RetryCauses OneOf(WorkerLossCause cause) => cause switch
    {
        WorkerLossCause.Killed => RetryCauses.Killed,
        WorkerLossCause.Hung => RetryCauses.Hung,
        WorkerLossCause.OutOfMemory => RetryCauses.OutOfMemory,
        WorkerLossCause.Exited => RetryCauses.Exited,
        WorkerLossCause.ProtocolError => RetryCauses.ProtocolError,
        _ => RetryCauses.Crashed,
    };
}
