using ManyHands.Advisor;

namespace ManyHands.Lab;

/// <summary>Looks at the memory of this process and its descendants again and again while something runs. That disturbs what is being timed.</summary>
internal sealed class MemoryWatch : IAsyncDisposable
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(80);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;
    private long _peak;

    public MemoryWatch() => _watching = Task.Run(WatchAsync);

    /// <summary>Looks once more.</summary>
    /// <returns>The most seen so far, in bytes.</returns>
    public long LookAgain()
    {
        long now = ProcessTree.ProportionalBytes();
        return Math.Max(Interlocked.Read(ref _peak), now);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Interlocked.Exchange(ref _peak, LookAgain());
            await Task.Delay(_interval, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
