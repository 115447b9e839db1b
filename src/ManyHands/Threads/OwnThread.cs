using ManyHands.Completions;

namespace ManyHands.Threads;

/// <summary>
/// One thread of <see cref="OwnThreads"/>: executes what a lane has, and lets the callers go on, right here. A continuation that keeps the
/// thread keeps neither its lane nor its place: another thread goes on with both.
/// </summary>
internal sealed class OwnThread : IDisposable
{
    [ThreadStatic]
    private static OwnThread? _current;

    private readonly OwnThreads _threads;
    private List<Ending> _endings = [];
    private CompletionRun _run;
    private ThreadWorker? _lane;

    /// <summary>Makes the current thread one of them.</summary>
    public OwnThread(OwnThreads threads)
    {
        _threads = threads;
        _run = new CompletionRun(() => TakeOver);
        _current = this;
    }

    /// <summary>The current thread is executing this lane, and will look for more there when it has done.</summary>
    public static bool IsExecuting(ThreadWorker lane) => _current is { } thread && ReferenceEquals(Volatile.Read(ref thread._lane), lane);

    /// <summary>Executes all that a lane has, and what it is given meanwhile.</summary>
    public void Execute(ThreadWorker lane)
    {
        if (!lane.TryInitialize())
            return;
        Volatile.Write(ref _lane, lane);
        try
        {
            while (ReferenceEquals(Volatile.Read(ref _lane), lane) && lane.ExecuteNext(this))
            {
            }
        }
        finally
        {
            Interlocked.Exchange(ref _lane, null);
            if (lane.HasNext)
                _threads.EnqueueAnyway(lane); // it came while this thread was leaving
        }
    }

    /// <summary>Lets the caller of an item go on.</summary>
    public void Publish(WorkItem item)
    {
        _endings.Add(new Ending(item, TimeSpan.Zero));
        if (_run.Publish(_endings, here: CompletionWatch.TrustsContinuations))
        {
            _endings.Clear(); // an idle thread keeps neither argument nor result alive
            return;
        }

        _run.Dispose();
        (_run, _endings) = (new CompletionRun(() => TakeOver), []); // the watch may still be reading the list
        _threads.CameBack();
    }

    public void Dispose()
    {
        _current = null;
        _run.Dispose();
    }

    // Called from the watch while this thread is stuck.
    private void TakeOver(List<Ending>? left)
    {
        if (left is null)
            return; // it is not stuck any more
        foreach (Ending ending in left)
            CompletionThread.Post(ending.Item); // before anybody can think that this was the last thread
        _threads.GiveUpOne();
        ThreadWorker? lane = Interlocked.Exchange(ref _lane, null);
        if (lane?.HasNext == true)
            _threads.EnqueueAnyway(lane);
    }
}
