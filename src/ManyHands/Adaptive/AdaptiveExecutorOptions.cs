namespace ManyHands;

/// <summary>
/// What an <see cref="AdaptiveExecutor"/> can be told. All have defaults. <see cref="ExecutorOptions.Workers"/>, where given, is the number of worker
/// processes, which is then not chosen; <see cref="ExecutorOptions.QueueLimit"/> is that of the processes, and again that of each method on threads.
/// </summary>
public sealed record AdaptiveExecutorOptions : ExecutorOptions
{
    /// <summary>The most tasks of one method that run at once where it waits. Default: 512.</summary>
    public int MostWaiting { get; init; } = 512;

    /// <summary>Where the lines go that worker processes print. Default: this process's console, where work on threads prints too.</summary>
    public WorkerOutput Output { get; init; } = WorkerOutput.Console;

    /// <summary>
    /// The largest encoded result that is taken from a worker process, in bytes; see <see cref="ProcessExecutorOptions.MaxResult"/>. Where the work runs in this process
    /// there is nothing to take. Default: 1 GiB.
    /// </summary>
    public long MaxResult { get; init; } = Payloads.Payload.MaxLength;

    internal override void Check()
    {
        base.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(MostWaiting, 1, nameof(MostWaiting));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxResult, 1, nameof(MaxResult));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxResult, Payloads.Payload.MaxLength, nameof(MaxResult));
    }
}
