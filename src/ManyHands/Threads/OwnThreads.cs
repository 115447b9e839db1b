namespace ManyHands.Threads;

/// <summary>
/// Threads of the executor's own, so that blocked work cannot starve the application's thread pool. They are started one after the other
/// while work waits, each by the one before it, and end after some idle time.
/// </summary>
internal sealed class OwnThreads(int limit, TimeSpan? idleLimit = null)
{
    private readonly TimeSpan _idleLimit = idleLimit ?? TimeSpan.FromSeconds(10);

    private readonly object _gate = new();
    private readonly Queue<ThreadWorker> _waiting = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _threads;
    private int _stuck;
    private int _idle;
    private int _woken;
    private bool _starting;
    private bool _closed;

    /// <summary>Has a lane's item executed by one of the threads.</summary>
    public void Enqueue(ThreadWorker lane)
    {
        lock (_gate)
        {
            _waiting.Enqueue(lane);
            if (_idle > _woken)
            {
                _woken++;
                Monitor.Pulse(_gate);
            }
            else
            {
                StartOne();
            }
        }
    }

    /// <summary>A thread is stuck in work that ignores cancellation: another may take its place.</summary>
    public void GiveUpOne()
    {
        lock (_gate)
        {
            _stuck++;
            if (_waiting.Count > 0)
                StartOne();
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

        _starting = true;
        _threads++;
    }

    private void Run()
    {
        lock (_gate)
        {
            _starting = false;
            if (_waiting.Count > 1)
                StartOne();
        }

        while (Next() is { } lane)
            lane.Execute();
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
