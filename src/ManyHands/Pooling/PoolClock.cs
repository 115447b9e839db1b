namespace ManyHands.Pooling;

/// <summary>
/// The pool's time: what time it is, and one call when the next thing is due. On a thread of its own, started when the first thing is due:
/// timers of the framework run on the thread pool, and a starved pool must not delay a timeout.
/// </summary>
internal sealed class PoolClock(TimeProvider time, Action due)
{
    // Longer waits than Monitor can take are cut; the thread then looks again.
    private static readonly TimeSpan _longestWait = TimeSpan.FromHours(1);

    private readonly long _start = time.GetTimestamp();
    private readonly object _gate = new();
    private TimeSpan _next = TimeSpan.MaxValue;
    private long _asked = long.MaxValue;
    private Thread? _thread;
    private bool _stopped;

    /// <summary>Time since the pool was made. Monotonic.</summary>
    public TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>Asks for a call at that time. Only the last time asked for counts.</summary>
    /// <returns>Why there will be none: the system gives no thread. Null where all is well. It is tried again the next time.</returns>
    public ResourceExhaustedException? WakeAt(TimeSpan next)
    {
        // Asked at every turn of the pool, nearly always for the same.
        if (next.Ticks == Volatile.Read(ref _asked))
            return null;
        using (Uninterrupted.Hold(_gate))
        {
            Volatile.Write(ref _asked, next.Ticks);
            if (_stopped || next == _next)
                return null;
            bool sooner = next < _next;
            _next = next;
            if (!sooner)
                return null;
            if (_thread is null && Start() is { } failure)
            {
                _next = TimeSpan.MaxValue;
                Volatile.Write(ref _asked, long.MinValue);
                return failure;
            }

            Monitor.Pulse(_gate);
            return null;
        }
    }

    /// <summary>Ends the thread; it may be the caller.</summary>
    public void Stop()
    {
        using (Uninterrupted.Hold(_gate))
        {
            _stopped = true;
            Monitor.Pulse(_gate);
        }
    }

    private ResourceExhaustedException? Start()
    {
        try
        {
            _thread = LibraryThread.StartLasting("ManyHands clock", Run, stack: 256 * 1024);
            return null;
        }
        catch (OutOfMemoryException error)
        {
            return new ResourceExhaustedException(
                ResourceKind.Threads, "The system gives no thread for the executor's clock. Use fewer threads, or raise the limit (ulimit -u shows it).", error);
        }
    }

    private void Run()
    {
        while (true)
        {
            using (Uninterrupted.Hold(_gate))
            {
                while (!_stopped && _next > Now)
                {
                    TimeSpan wait = _next == TimeSpan.MaxValue ? _longestWait : _next - Now;
                    if (wait > TimeSpan.Zero)
                        Monitor.Wait(_gate, wait < _longestWait ? Rounded(wait) : _longestWait);
                }

                if (_stopped)
                    return;
                _next = TimeSpan.MaxValue;
                Volatile.Write(ref _asked, long.MaxValue);
            }

            due();
        }
    }

    // Monitor cuts to whole milliseconds: rounding up keeps the last one from being spun away.
    private static TimeSpan Rounded(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
}
