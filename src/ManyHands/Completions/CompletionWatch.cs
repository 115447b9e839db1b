namespace ManyHands.Completions;

/// <summary>
/// Sees to it that a continuation of a caller, which may block or compute as long as it likes, holds up nobody but itself. One thread for the
/// process, asleep while nothing is completed.
/// </summary>
internal static class CompletionWatch
{
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(2);
    private const int QuietLooks = 100;
    private const int LooksUntilLater = 10;

    // Being stuck costs a lane two to four milliseconds: where continuations are always slow, that is a part in thirty of its time.
    private const long DistrustMilliseconds = 100;

    private static readonly object _gate = new();
    private static readonly List<CompletionRun> _runs = [];
    private static readonly List<Action> _later = [];
    private static readonly List<Func<bool>> _looks = [];
    private static Thread? _thread;
    private static bool _awake;
    private static long _distrustUntil;

    /// <summary>No continuation was slow lately, so running them where results are read is worth its risk.</summary>
    public static bool TrustsContinuations => Environment.TickCount64 >= Volatile.Read(ref _distrustUntil);

    /// <summary>Looks after a run from now on. Cheap while the watch is awake.</summary>
    /// <returns>False where the system has no thread for the watch: nobody does.</returns>
    public static bool SeeTo(CompletionRun run) => (Volatile.Read(ref _awake) && run.IsWatched) || TryWake(run);

    /// <summary>Looks after the errands that have been asked for, if it is asleep. Where the system has no thread for it, the thread pool alone does them.</summary>
    public static void Wake()
    {
        Interlocked.MemoryBarrier(); // whoever asked for one has said so before: either this side sees that the watch sleeps, or it sees the errand
        if (Volatile.Read(ref _awake))
            return;
        using (Uninterrupted.Hold(_gate))
        {
            if (_thread is not null || TryStart())
                WakeUp();
        }
    }

    /// <summary>Looks after it no longer.</summary>
    public static void Forget(CompletionRun run)
    {
        using (Uninterrupted.Hold(_gate))
            _runs.Remove(run);
    }

    /// <summary>
    /// Does something some milliseconds later, once: what could not be done because the system has no thread, and so not on the thread pool, which does not
    /// survive that either.
    /// </summary>
    /// <param name="action">Does not block, and does not throw.</param>
    /// <returns>False where there is not even a thread for the watch: it will not be done.</returns>
    public static bool TryLater(Action action)
    {
        using (Uninterrupted.Hold(_gate))
        {
            if (_thread is null && !TryStart())
                return false;
            _later.Add(action);
            WakeUp();
            return true;
        }
    }

    /// <summary>Has the watch ask at each of its looks, every two milliseconds or so, until it is told that this is not needed any more.</summary>
    /// <param name="isOver">Does not block, and does not throw.</param>
    public static void LookAfter(Func<bool> isOver)
    {
        using (Uninterrupted.Hold(_gate))
        {
            if (_thread is null && !TryStart())
                return; // as long as it lasts, it lasts
            _looks.Add(isOver);
            WakeUp();
        }
    }

    /// <summary>Ends some twenty milliseconds later.</summary>
    public static Task Moment()
    {
        var over = new TaskCompletionSource();
        if (!TryLater(() => Errands.Run(static over => over.SetResult(), over)))
            over.SetResult();
        return over.Task;
    }

    private static bool TryWake(CompletionRun run)
    {
        using (Uninterrupted.Hold(_gate))
        {
            if (_thread is null && !TryStart())
                return false;
            if (!run.IsWatched)
            {
                run.IsWatched = true;
                _runs.Add(run);
            }

            WakeUp();
            return true;
        }
    }

    // Only where it sleeps: a watch that is awake must not look before its time, or everything would seem stuck.
    private static void WakeUp()
    {
        if (!_awake)
            Monitor.Pulse(_gate);
        Volatile.Write(ref _awake, true);
    }

    // Without the lock, which those that ask for a look may hold up.
    private static void LookAtOthers()
    {
        Func<bool>[] looks;
        using (Uninterrupted.Hold(_gate))
        {
            if (_looks.Count == 0)
                return;
            looks = [.. _looks];
        }

        foreach (Func<bool> isOver in looks)
        {
            if (!isOver())
                continue;
            using (Uninterrupted.Hold(_gate))
                _looks.Remove(isOver);
        }
    }

    private static void DoLater()
    {
        Action[] actions;
        using (Uninterrupted.Hold(_gate))
        {
            actions = [.. _later];
            _later.Clear();
        }

        foreach (Action action in actions)
            LibraryThread.Guard(action, static _ => { });
    }

    private static bool IsNeeded() => _later.Count > 0 || _looks.Count > 0 || Errands.IsWaiting || _runs.Exists(run => run.IsInside);

    // Said by the thread pool itself: one that is full of blocked items is no place to send continuations to.
    private static void Distrust() => LibraryThread.Queue(
        static _ => Volatile.Write(ref _distrustUntil, Environment.TickCount64 + DistrustMilliseconds), 0);

    private static bool TryStart()
    {
        try
        {
            _thread = LibraryThread.StartLasting("ManyHands watch", Watch, stack: 256 * 1024);
        }
        catch (OutOfMemoryException)
        {
            return false;
        }

        return true;
    }

    private static void Watch()
    {
        int quiet = 0, looks = 0;
        var stuck = new List<CompletionRun>();
        while (true)
        {
            using (Uninterrupted.Hold(_gate))
            {
                Monitor.Wait(_gate, _look);
                bool busy = IsNeeded();
                stuck.AddRange(_runs.Where(run => run.IsStuck()));
                quiet = busy ? 0 : quiet + 1;
                if (quiet == QuietLooks)
                {
                    // Said before the last look: who begins after it finds the watch asleep and wakes it.
                    Interlocked.Exchange(ref _awake, false);
                    while (!Volatile.Read(ref _awake) && !IsNeeded())
                        Monitor.Wait(_gate);
                    Volatile.Write(ref _awake, true);
                    quiet = 0;
                }
            }

            foreach (CompletionRun run in stuck)
            {
                if (!run.TrySeize())
                    continue; // it has gone on in between, and may get stuck again
                Distrust();
                Forget(run);
            }

            stuck.Clear();
            Errands.Look();
            LookAtOthers();
            if (++looks % LooksUntilLater == 0)
                DoLater();
        }
    }
}
