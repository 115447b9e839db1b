using ManyHands.Completions;
using ManyHands.Pooling;

namespace ManyHands.Threads;

/// <summary>
/// One lane over <see cref="OwnThreads"/>. Synchronous work holds a thread while it runs; asynchronous work holds the lane but no thread.
/// </summary>
internal sealed class ThreadWorker(WorkerPool pool, OwnThreads threads, WorkerInitializer? initializer, int number) : Worker(number, lanes: 1)
{
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
        Interlocked.Exchange(ref _next, _last);
        if (!OwnThread.IsExecuting(this))
            threads.Enqueue(this); // else the thread that is here goes on with it
    }

    public override int TakeBack(WorkItem item, int leave = 0) => Claim.TakeBack(ref item.Word, leave);

    public override int Begun(WorkItem item) => Claim.Begun(Volatile.Read(ref item.Word));

    // Runs callbacks of the work, which may take their time: neither the clock nor whoever closes may wait for them.
    public override void CancelPolitely(WorkItem item) =>
        Errands.Run(static item => item.CancelRun(), item);

    public override WorkerLoss? Kill()
    {
        // The thread cannot be stopped. It is left alone with its task, and another may be started in its place.
        if (_last?.GiveUp() == true)
            threads.GiveUpOne();
        return new ThreadGivenUp();
    }

    public override WorkerLoss? Stop() => new ThreadGivenUp();

    /// <summary>The lane has an item that no thread has begun.</summary>
    public bool HasNext => Volatile.Read(ref _next) is not null;

    /// <summary>Makes the lane ready, if it is not. Called by one of the threads.</summary>
    public bool TryInitialize() => _started || Initialize();

    /// <summary>Executes one item of the lane, if it has one. Called by one of the threads.</summary>
    /// <returns>False where it had none.</returns>
    public bool ExecuteNext(OwnThread thread)
    {
        if (Interlocked.Exchange(ref _next, null) is not { } assignment)
            return false;
        WorkItem item = assignment.Item!;
        if (!assignment.Enter())
            return true;
        Task? pending = item.Run(assignment);
        if (!assignment.Leave())
            threads.CameBack();
        if (pending is null)
        {
            pool.Ended(Lanes[0], item, TimeSpan.Zero);
            thread.Publish(item);
        }
        else
        {
            pending.ContinueWith(
                _ =>
                {
                    pool.Hold(); // for the pool nothing may be left, and for the caller it has not ended yet
                    pool.Ended(Lanes[0], item, TimeSpan.Zero);
                    item.Publish();
                    pool.Release();
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        return true;
    }

    /// <summary>A thread met an error of the library's own while it executed an item: that item ends with it.</summary>
    public void Failed(Exception error)
    {
        if (_last?.Item is not { } item)
            return;
        item.FailAll(error);
        pool.Ended(Lanes[0], item, TimeSpan.Zero);
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
            new Visit(pool, "its initializer").Run(static initializer => initializer.Run(), initializer!);
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

    /// <summary>
    /// One stay of a thread in code of others: an item, or the initializer where there is none. The lane remembers its last one, which has let go of
    /// its item at the end: an idle lane must keep neither argument nor result alive.
    /// </summary>
    private sealed class Assignment(WorkItem? item, uint generation) : RunningItem(item, generation)
    {
        private const int Outside = 0, Inside = 1, GivenUp = 2;

        private int _thread = Outside;

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
