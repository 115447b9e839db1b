using System.Diagnostics;
using ManyHands.Pooling;

namespace ManyHands.Threads;

/// <summary>
/// One lane over <see cref="OwnThreads"/>. Synchronous work holds a thread while it runs; asynchronous work holds the lane but no thread.
/// </summary>
internal sealed class ThreadWorker(WorkerPool pool, OwnThreads threads, WorkerInitializer? initializer, int number) : Worker(number, lanes: 1)
{
    [ThreadStatic]
    private static ThreadWorker? _executing;

    private Assignment? _next;
    private Assignment? _last;
    private bool _started = initializer is null;

    public override bool Start()
    {
        if (_started)
            return true;
        _last = new Assignment(null, 0);
        threads.Enqueue(this);
        return false;
    }

    public override void Dispatch(Lane lane, WorkItem item)
    {
        Volatile.Write(ref item.Word, Claim.Open(item.Generation, item.Count));
        _last = new Assignment(item, item.Generation);
        Volatile.Write(ref _next, _last);
        if (_executing != this)
            threads.Enqueue(this); // else the thread that is here goes on with it
    }

    public override int TakeBack(WorkItem item, int leave = 0) => Claim.TakeBack(ref item.Word, leave);

    public override int Begun(WorkItem item) => Claim.Begun(Volatile.Read(ref item.Word));

    // Runs callbacks of the work, which may take their time: neither the clock nor whoever closes may wait for them.
    public override void CancelPolitely(WorkItem item) =>
        ThreadPool.UnsafeQueueUserWorkItem(static item => item.CancelRun(), item, preferLocal: false);

    public override WorkerLoss? Kill()
    {
        // The thread cannot be stopped. It is left alone with its task, and another may be started in its place.
        if (_last?.GiveUp() == true)
            threads.GiveUpOne();
        return new ThreadGivenUp();
    }

    public override WorkerLoss? Stop() => new ThreadGivenUp();

    /// <summary>Executes what the lane has. Called by one of the threads.</summary>
    public void Execute()
    {
        if (!_started && !Initialize())
            return;
        _executing = this;
        while (Interlocked.Exchange(ref _next, null) is { } assignment)
            Execute(assignment);
        _executing = null;
    }

    private void Execute(Assignment assignment)
    {
        WorkItem item = assignment.Item!;
        long started = Stopwatch.GetTimestamp();
        if (!assignment.Enter())
            return;
        Task? pending = item.Run(assignment.Generation);
        if (!assignment.Leave())
            threads.CameBack();

        if (pending is null)
            pool.Ended(Lanes[0], item, Stopwatch.GetElapsedTime(started));
        else
            pending.ContinueWith(_ => pool.Ended(Lanes[0], item, Stopwatch.GetElapsedTime(started)), TaskScheduler.Default);
    }

    private bool Initialize()
    {
        _started = true;
        Assignment start = _last!;
        if (!start.Enter())
            return false;
        Exception? failure = null;
        try
        {
            initializer!.Run();
        }
        catch (Exception error) // whatever it throws is the reason why there is no worker
        {
            failure = new WorkerStartException($"The initializer of worker {Number} failed: {error.Message}", error);
        }

        if (!start.Leave())
        {
            threads.CameBack();
            return false;
        }

        if (failure is null)
            pool.Ready(this);
        else
            pool.StartFailed(this, failure);
        return failure is null;
    }

    /// <summary>One stay of a thread in code of others: an item, or the initializer where there is none.</summary>
    private sealed class Assignment(WorkItem? item, uint generation)
    {
        private const int Outside = 0, Inside = 1, GivenUp = 2;

        private int _thread = Outside;

        public WorkItem? Item { get; } = item;

        public uint Generation { get; } = generation;

        /// <summary>False where it was given up before.</summary>
        public bool Enter() => Interlocked.CompareExchange(ref _thread, Inside, Outside) == Outside;

        /// <summary>False where it has been given up in between.</summary>
        public bool Leave() => Interlocked.CompareExchange(ref _thread, Outside, Inside) == Inside;

        /// <summary>True where a thread is in it, and lost with it.</summary>
        public bool GiveUp() => Interlocked.Exchange(ref _thread, GivenUp) == Inside;
    }

    private sealed record ThreadGivenUp : WorkerLoss
    {
        public override string Detail => "Threads end with their executor; one whose task ignores cancellation is left behind.";

        // Only a lane whose item is being cancelled is given up, so nobody asks.
        public override Exception ErrorFor(WorkItem item) => new InvalidOperationException(Detail);
    }
}
