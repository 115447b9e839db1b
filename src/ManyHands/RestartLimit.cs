namespace ManyHands;

/// <summary>
/// How many workers in a row may fail to start before the executor says that it is broken, and how soon it tries again. While it is broken, every submission fails at once
/// with <see cref="ExecutorBrokenException"/>. It starts one worker by itself after <see cref="Window"/>, and again after twice as long each time that fails, up to eight times
/// <see cref="Window"/>; as soon as one is ready, work is taken again. <see cref="ExecutorSnapshot.Broken"/>, <see cref="ExecutorBroken"/> and
/// <see cref="ExecutorRecovered"/> tell.
/// </summary>
public sealed record RestartLimit
{
    /// <summary>Failed starts without a success in between. Default: 5.</summary>
    public int Failures { get; init; } = 5;

    /// <summary>
    /// A failure counts with those before it while less than this lies between the last one's end and its own start. Also the time after
    /// which starting is tried again, by a broken executor or while another worker works. <see cref="Timeout.InfiniteTimeSpan"/>: all failures count together, and starting is
    /// not tried again. Default: 10 s.
    /// </summary>
    public TimeSpan Window { get; init => field = ExecutorOptions.OrForEver(value); } = TimeSpan.FromSeconds(10);

    /// <summary>The window as a time to add and compare.</summary>
    internal TimeSpan Span => Window == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : Window;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Failures, 1, nameof(Failures));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Span, TimeSpan.Zero, nameof(Window));
    }
}
