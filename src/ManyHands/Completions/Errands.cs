namespace ManyHands.Completions;

/// <summary>
/// Short pieces of code that may be slow or block, since they run code of others: cancellation callbacks, the decoding of a result, the reader of a map.
/// The thread pool runs them while it is alive. One that the pool leaves waiting for some milliseconds gets a thread of the library's own, and so does
/// every other while those threads are all blocked: a pool that is full of blocked items must delay neither a cancellation nor a result.
/// </summary>
internal static class Errands
{
    private const string Name = "ManyHands errands";

    // The pool answers within microseconds unless all its threads are busy.
    private const long LongestWaitMilliseconds = 10;

    // The thread pool has other things to do too.
    private const int MostAtOnce = 64;

    private static readonly TimeSpan _idleLimit = TimeSpan.FromSeconds(5);
    private static readonly object _gate = new();
    private static readonly Queue<Entry> _waiting = new();
    private static int _idle;
    private static int _called;
    private static int _sent; // to the thread pool, and not begun

    /// <summary>Something waits for a thread.</summary>
    public static bool IsWaiting
    {
        get
        {
            using (Uninterrupted.Hold(_gate))
                return _waiting.Count > 0;
        }
    }

    /// <summary>Has something run soon, by another thread, without the caller's execution context.</summary>
    /// <param name="action">Does not throw.</param>
    /// <param name="state">What it is given.</param>
    public static void Run<TState>(Action<TState> action, TState state)
    {
        bool sends = false;
        using (Uninterrupted.Hold(_gate))
        {
            _waiting.Enqueue(new Entry<TState>(action, state));
            if (_idle > _called)
            {
                _called++;
                Monitor.Pulse(_gate);
                return;
            }

            if (_sent < Environment.ProcessorCount)
            {
                _sent++;
                sends = true;
            }
        }

        CompletionWatch.Wake();
        if (sends)
            LibraryThread.Queue(static _ => RunSome(), 0);
    }

    /// <summary>Sends another thread of the library's own if the first in line has waited for too long. Called by the watch at each look.</summary>
    public static void Look()
    {
        using (Uninterrupted.Hold(_gate))
        {
            if (_idle > _called || !_waiting.TryPeek(out Entry? first) || Environment.TickCount64 - first.Since < LongestWaitMilliseconds)
                return;
        }

        try
        {
            LibraryThread.StartLasting(Name, RunAll); // the usual stack, since continuations run on it
        }
        catch (OutOfMemoryException)
        {
            // The next look tries again.
        }
    }

    private static bool TryRunOne()
    {
        Entry? entry;
        using (Uninterrupted.Hold(_gate))
        {
            if (!_waiting.TryDequeue(out entry))
                return false; // somebody was quicker
        }

        entry.Run();
        return true;
    }

    // On the thread pool: what waits now is cheaper done in one go.
    private static void RunSome()
    {
        using (Uninterrupted.Hold(_gate))
            _sent--;
        ExecutionContext clean = ExecutionContext.Capture()!;
        for (int i = 0; i < MostAtOnce && TryRunOne(); i++)
            TidyUp(clean);
        using (Uninterrupted.Hold(_gate))
        {
            if (_waiting.Count == 0 || _sent > 0)
                return;
            _sent++;
        }

        LibraryThread.Queue(static _ => RunSome(), 0);
    }

    private static void RunAll()
    {
        ExecutionContext clean = ExecutionContext.Capture()!;
        while (TryRunOne() || IsCalled())
            TidyUp(clean);
    }

    // As the thread pool does after each of its items.
    private static void TidyUp(ExecutionContext clean)
    {
        ExecutionContext.Restore(clean);
        SynchronizationContext.SetSynchronizationContext(null);
        Thread.CurrentThread.IsBackground = true;
    }

    private static bool IsCalled()
    {
        long start = Environment.TickCount64;
        using (Uninterrupted.Hold(_gate))
        {
            _idle++;
            while (_called == 0 && _waiting.Count == 0 && Environment.TickCount64 - start < _idleLimit.TotalMilliseconds)
                Uninterrupted.Wait(_gate, _idleLimit);
            _idle--;
            bool isCalled = _called > 0;
            if (isCalled)
                _called--;
            return isCalled || _waiting.Count > 0;
        }
    }

    private abstract class Entry
    {
        public long Since { get; } = Environment.TickCount64;

        public abstract void Run();
    }

    private sealed class Entry<TState>(Action<TState> action, TState state) : Entry
    {
        public override void Run() => action(state);
    }
}
