using ManyHands.Completions;

namespace ManyHands.Threads;

/// <summary>
/// Threads of the executor's own, so that blocked work cannot starve the application's thread pool. They are started while work waits, each by one before
/// it, and end after some idle time.
/// </summary>
/// <remarks>
/// A thread costs as much as a hundred short tasks, and waking one as much as ten. So only two at a time are on their way, and whoever takes something sends
/// for the next. Where there are more threads than processors and work is taken faster than they come, the newest becomes the lookout instead: it takes
/// nothing, and others are only sent for when nobody else takes anything either.
/// </remarks>
internal sealed class OwnThreads(int limit, TimeSpan? idleLimit = null)
{
    private readonly TimeSpan _idleLimit = idleLimit ?? TimeSpan.FromSeconds(10);

    private static readonly TimeSpan _lookEvery = TimeSpan.FromMilliseconds(1);

    private const int MostOnTheirWay = 2;

    // Lanes taken since one came before: where threads are stuck in what they take, each takes one.
    private const int Many = 8;

    private readonly object _gate = new();
    private readonly object _lookout = new();
    private readonly Queue<ThreadWorker> _waiting = new();
    private readonly IdleThreads _idle = new();
    private readonly TaskCompletionSource _ended = new(); // completed where continuations may run
    private int _threads;
    private int _stuck;
    private int _starting;
    private long _taken;
    private long _takenBefore;
    private bool _isLookedOut;
    private bool _closed;

    /// <summary>Has a lane's item executed by one of the threads.</summary>
    /// <exception cref="ResourceExhaustedException">There is none, and the system gives none.</exception>
    public void Enqueue(ThreadWorker lane)
    {
        bool start;
        using (Uninterrupted.Hold(_gate))
        {
            if (_threads <= _stuck)
                StartFirst();
            _waiting.Enqueue(lane);
            start = SendForOne();
        }

        if (start)
            StartReserved();
    }

    /// <summary>The same for a lane that somebody has had before: where there is no thread, it waits for one.</summary>
    public void EnqueueAnyway(ThreadWorker lane)
    {
        using (Uninterrupted.Hold(_gate))
            _waiting.Enqueue(lane);
        SendForOneSoon();
    }

    /// <summary>A thread is stuck in work that ignores cancellation: another may take its place.</summary>
    public void GiveUpOne()
    {
        using (Uninterrupted.Hold(_gate))
        {
            _stuck++;
            EndIfLast();
        }

        SendForOneSoon();
    }

    /// <summary>A thread that had been given up has come back.</summary>
    public void CameBack()
    {
        using (Uninterrupted.Hold(_gate))
            _stuck--;
    }

    /// <summary>Lets every thread end that can.</summary>
    /// <returns>Ends when only those are left that have been given up.</returns>
    public Task CloseAsync()
    {
        using (Uninterrupted.Hold(_gate))
        {
            _closed = true;
            _idle.CallAll();
            EndIfLast();
        }

        return _ended.Task;
    }

    /// <summary>Sends for another thread, if something waits that nobody is on the way to.</summary>
    /// <returns>True where it has to be started, by <see cref="StartReserved"/> once the lock is left.</returns>
    private bool SendForOne()
    {
        if (_waiting.Count == 0 || _isLookedOut || _idle.Called + _starting >= MostOnTheirWay || _idle.TryCall() || _threads - _stuck >= limit)
            return false;
        Reserve();
        return true;
    }

    private void Reserve()
    {
        _starting++;
        _threads++;
    }

    private void GiveUpReserved()
    {
        _starting--;
        _threads--;
    }

    private void StartThread() => LibraryThread.Start("ManyHands thread", Run, static _ => { });

    // Outside of the lock, since it takes its time. The system may give none: those that are there go on.
    private void StartReserved()
    {
        try
        {
            StartThread();
        }
        catch (OutOfMemoryException)
        {
            using (Uninterrupted.Hold(_gate))
            {
                GiveUpReserved();
                RetryLater();
                EndIfLast();
            }
        }
    }

    private void StartFirst()
    {
        Reserve();
        try
        {
            StartThread();
        }
        catch (OutOfMemoryException error)
        {
            GiveUpReserved();
            throw new ResourceExhaustedException(
                ResourceKind.Threads, "The system gives no thread to run the work. Use fewer threads, or raise the limit (ulimit -u shows it).", error);
        }
    }

    // Lanes wait already, and nobody who could be told is there: it is tried until the system has a thread again, or somebody takes them.
    private void RetryLater()
    {
        if (_waiting.Count > 0 && _idle.Called + _starting == 0)
            _ = CompletionWatch.TryLater(SendForOneSoon); // else those that are there take it when they have done
    }

    private void SendForOneSoon()
    {
        bool start;
        using (Uninterrupted.Hold(_gate))
            start = SendForOne();
        if (start)
            StartReserved();
    }

    private void Run()
    {
        bool looksOut;
        using (Uninterrupted.Hold(_gate))
        {
            _starting--;
            looksOut = HasCome();
        }

        if (looksOut)
            LookOut();
        using var thread = new OwnThread(this);
        while (Next() is { } lane)
        {
            try
            {
                thread.Execute(lane);
            }
            catch (Exception error) // what the work throws is its item's; this is the library's own, and costs no more than that item
            {
                LibraryThread.Report(error);
                lane.Failed(error);
            }
        }
    }

    /// <summary>A thread that was sent for is here.</summary>
    /// <returns>True where it should look out.</returns>
    private bool HasCome()
    {
        bool isQuick = _taken - _takenBefore >= Many;
        _takenBefore = _taken;
        if (_isLookedOut || !isQuick || _waiting.Count < 2 || _threads - _stuck - _idle.Count <= Environment.ProcessorCount)
            return false;
        return _isLookedOut = true;
    }

    // Until nothing waits, or nobody takes what does.
    private void LookOut()
    {
        long seen = -1;
        while (true)
        {
            using (Uninterrupted.Hold(_gate))
            {
                if (_closed || _waiting.Count == 0 || _taken == seen)
                {
                    _isLookedOut = false;
                    _takenBefore = _taken;
                    return;
                }

                seen = _taken;
            }

            lock (_lookout)
                Monitor.Wait(_lookout, _lookEvery); // nobody wakes it
        }
    }

    /// <summary>The next lane with something to execute; null when this thread should end.</summary>
    private ThreadWorker? Next()
    {
        while (true)
        {
            bool start = false, looksOut = false;
            ThreadWorker? lane;
            using (Uninterrupted.Hold(_gate))
            {
                if (_threads - _stuck > limit)
                    return End(); // it had been given up, and another has its place
                if (_waiting.TryDequeue(out lane))
                {
                    _taken++;
                    start = SendForOne();
                }
                else if (!WaitForCall(out looksOut))
                {
                    return End();
                }
            }

            if (start)
                StartReserved();
            if (lane is not null)
                return lane;
            if (looksOut)
                LookOut();
        }
    }

    /// <returns>False where nobody called.</returns>
    private bool WaitForCall(out bool looksOut)
    {
        bool called = !_closed && _idle.Wait(_gate, _idleLimit);
        looksOut = called && HasCome();
        return called || _waiting.Count > 0;
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
            CompletionThread.CompleteBehind(_ended);
    }
}
