namespace ManyHands.Threads;

/// <summary>
/// Threads of the executor's own, so that blocked work cannot starve the application's thread pool. They are started one after the other
/// while work waits, each by the one before it, and end after some idle time.
/// </summary>
internal sealed class OwnThreads(int limit, TimeSpan? idleLimit = null)
{
    private readonly TimeSpan _idleLimit = idleLimit ?? TimeSpan.FromSeconds(10);

    private static readonly TimeSpan _retryAfter = TimeSpan.FromMilliseconds(50);

    private readonly object _gate = new();
    private readonly Queue<ThreadWorker> _waiting = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _threads;
    private int _stuck;
    private int _idle;
    private int _woken;
    private bool _starting;
    private Timer? _retry;
    private bool _closed;

    /// <summary>Has a lane's item executed by one of the threads.</summary>
    /// <exception cref="ResourceExhaustedException">There is none, and the system gives none.</exception>
    public void Enqueue(ThreadWorker lane)
    {
        lock (_gate)
        {
            bool isAwaited = _idle > _woken;
            if (!isAwaited)
                StartOne();
            _waiting.Enqueue(lane);
            if (!isAwaited)
                return;
            _woken++;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>A thread is stuck in work that ignores cancellation: another may take its place.</summary>
    public void GiveUpOne()
    {
        lock (_gate)
        {
            _stuck++;
            if (_waiting.Count > 0)
                StartOneSoon();
            EndIfLast();
        }
    }

    /// <summary>A thread that had been given up has come back.</summary>
    public void CameBack()
    {
        lock (_gate)
            _stuck--;
    }

    /// <summary>Lets every thread end that can.</summary>
    /// <returns>Ends when only those are left that have been given up.</returns>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
            EndIfLast();
        }

        return _ended.Task;
    }

    private void StartOne()
    {
        if (_starting || _threads - _stuck >= limit)
            return;
        var thread = new Thread(Run) { IsBackground = true, Name = "ManyHands thread" };
        try
        {
            thread.UnsafeStart(); // without the context of whoever submitted first
        }
        catch (OutOfMemoryException) when (_threads > _stuck)
        {
            return; // the system gives no more threads: those that are there go on
        }
        catch (OutOfMemoryException error)
        {
            throw new ResourceExhaustedException(
                ResourceKind.Threads, "The system gives no thread to run the work. Use fewer threads, or raise the limit (ulimit -u shows it).", error);
        }

        _starting = true;
        _threads++;
    }

    // Lanes wait already, and nobody who could be told is there: it is tried until the system has a thread again.
    private void StartOneSoon()
    {
        try
        {
            StartOne();
        }
        catch (ResourceExhaustedException)
        {
            _retry ??= new Timer(_ => RetryStart(), null, _retryAfter, Timeout.InfiniteTimeSpan);
        }
    }

    private void RetryStart()
    {
        lock (_gate)
        {
            _retry?.Dispose();
            _retry = null;
            if (_waiting.Count > 0 && _threads <= _stuck)
                StartOneSoon();
        }
    }

    private void Run()
    {
        lock (_gate)
        {
            _starting = false;
            if (_waiting.Count > 1)
                StartOne();
        }

        using var thread = new OwnThread(this);
        while (Next() is { } lane)
            thread.Execute(lane);
    }

    /// <summary>The next lane with something to execute; null when this thread should end.</summary>
    private ThreadWorker? Next()
    {
        lock (_gate)
        {
            while (true)
            {
                if (_threads - _stuck > limit)
                    return End(); // it had been given up, and another has its place
                if (_waiting.TryDequeue(out ThreadWorker? lane))
                    return lane;
                bool woken = false;
                if (!_closed)
                {
                    _idle++;
                    woken = Monitor.Wait(_gate, _idleLimit);
                    _idle--;
                    if (woken && _woken > 0)
                        _woken--;
                    _woken = Math.Min(_woken, _idle); // a call that came as its wait ended has reached nobody
                }

                if (woken || _waiting.Count > 0)
                    continue;
                return End();
            }
        }
    }

    private ThreadWorker? End()
    {
        _threads--;
        EndIfLast();
        return null;
    }

    private void EndIfLast()
    {
        if (_closed && _threads <= _stuck)
            _ended.TrySetResult();
    }
}
