namespace ManyHands.Completions;

/// <summary>
/// One thread that lets callers see the ends of their tasks, and runs their continuations itself: the hop to another thread would cost more
/// than a tiny task. When one of them takes its time, <see cref="CompletionWatch"/> gives what is left, and the thread's duty, to others.
/// </summary>
/// <param name="prepare">
/// Called from the watch: gets somebody who can take over, or null where nobody can now. Then told of the items that are left, or null where it is not
/// needed any more. Neither may throw. The thread that was stuck is told by <see cref="Publish"/>.
/// </param>
internal sealed class CompletionRun(Func<Action<List<Ending>?>?> prepare) : IDisposable
{
    private const int Outside = 0, Inside = 1, Seized = 2;

    private List<Ending> _endings = [];
    private int _state;
    private int _next;
    private long _progress;
    private long _seen;

    /// <summary>The watch looks after it. The watch's own.</summary>
    public bool IsWatched { get; set; }

    /// <summary>It is among continuations.</summary>
    public bool IsInside => Volatile.Read(ref _state) == Inside;

    /// <summary>Lets the callers of these items go on.</summary>
    /// <param name="endings">The items. Each has ended, or will be published by who ends it.</param>
    /// <param name="here">
    /// Whoever awaits goes on right here; else on the thread pool. What was attached to run synchronously runs here anyway, as its author wished.
    /// </param>
    /// <returns>False where others have taken over: the calling thread must not touch anything of its duty any more.</returns>
    public bool Publish(List<Ending> endings, bool here)
    {
        _endings = endings;
        _next = 0;
        Interlocked.Exchange(ref _state, Inside);
        here &= CompletionWatch.SeeTo(this);
        if (!here)
            SynchronizationContext.SetSynchronizationContext(AwaitsElsewhere.Instance);
        bool goOn = PublishEach(endings);
        if (!here)
            SynchronizationContext.SetSynchronizationContext(null);
        return goOn;
    }

    /// <summary>It has been among the same continuation since the last time it was asked. Asked by one thread.</summary>
    public bool IsStuck()
    {
        long progress = Volatile.Read(ref _progress);
        bool stuck = IsInside && progress == _seen;
        _seen = progress;
        return stuck;
    }

    /// <summary>Gives what is left to others, if the thread is still stuck.</summary>
    /// <returns>False where it is not, and where there is nobody: it is tried again at the next look.</returns>
    public bool TrySeize()
    {
        if (prepare() is not { } takeOver)
            return false;
        if (Volatile.Read(ref _progress) != _seen || Interlocked.CompareExchange(ref _state, Seized, Inside) != Inside)
        {
            takeOver(null);
            return false;
        }

        // The one that it is at is among them: a thread that was not stuck but waited for a processor may not have published it yet, and
        // twice does no harm.
        int at = Math.Max(_next - 1, 0);
        takeOver(_endings.GetRange(at, _endings.Count - at));
        return true;
    }

    public void Dispose() => CompletionWatch.Forget(this);

    private bool PublishEach(List<Ending> endings)
    {
        while (_next < endings.Count)
        {
            Volatile.Write(ref _progress, _progress + 1);
            try
            {
                endings[_next++].Publish();
            }
            catch (Exception error) // one caller's trouble: the others are to go on, and so is this thread
            {
                LibraryThread.Report(error);
            }

            if (Volatile.Read(ref _state) == Seized)
                return false;
        }

        return Interlocked.CompareExchange(ref _state, Outside, Inside) == Inside;
    }

    /// <summary>The runtime resumes no await on a thread that has a synchronization context of its own; it then uses the thread pool.</summary>
    private sealed class AwaitsElsewhere : SynchronizationContext
    {
        public static readonly AwaitsElsewhere Instance = new();
    }
}
