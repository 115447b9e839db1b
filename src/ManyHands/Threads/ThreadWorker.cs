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
    private bool _started = initializer is null;
    private int _inside;
    private volatile bool _gone;

    public override bool Start()
    {
        if (_started)
            return true;
        threads.Enqueue(this);
        return false;
    }

    public override void Dispatch(Lane lane, WorkItem item)
    {
        Volatile.Write(ref item.Word, Claim.Open(item.Generation, item.Count));
        Volatile.Write(ref _next, new Assignment(item, item.Generation));
        if (_executing != this)
            threads.Enqueue(this); // else the thread that is here goes on with it
    }

    public override int TakeBack(WorkItem item, int leave = 0) => Claim.TakeBack(ref item.Word, leave);

    public override int Begun(WorkItem item) => Claim.Begun(Volatile.Read(ref item.Word));

    public override void CancelPolitely(WorkItem item) => item.CancelRun();

    public override WorkerLoss? Kill()
    {
        // The thread cannot be stopped. It is left alone with its task, and another may be started in its place.
        _gone = true;
        if (Interlocked.CompareExchange(ref _inside, 2, 1) == 1)
            threads.GiveUpOne();
        return new ThreadGivenUp();
    }

    public override WorkerLoss? Stop()
    {
        _gone = true;
        return new ThreadGivenUp();
    }

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
        WorkItem item = assignment.Item;
        long started = Stopwatch.GetTimestamp();
        Volatile.Write(ref _inside, 1);
        Task? pending = item.Run(assignment.Generation);
        if (Interlocked.Exchange(ref _inside, 0) == 2)
            threads.CameBack();

        if (pending is null)
            pool.Ended(Lanes[0], item, Stopwatch.GetElapsedTime(started));
        else
            pending.ContinueWith(_ => pool.Ended(Lanes[0], item, Stopwatch.GetElapsedTime(started)), TaskScheduler.Default);
    }

    private bool Initialize()
    {
        _started = true;
        try
        {
            initializer!.Run();
        }
        catch (Exception error) // whatever it throws is the reason why there is no worker
        {
            pool.StartFailed(this, new WorkerStartException($"The initializer of worker {Number} failed: {error.Message}", error));
            return false;
        }

        if (!_gone)
            pool.Ready(this);
        return true;
    }

    private sealed record Assignment(WorkItem Item, uint Generation);

    private sealed record ThreadGivenUp : WorkerLoss
    {
        public override string Detail => "Threads end with their executor; one whose task ignores cancellation is left behind.";

        // Only a lane whose item is being cancelled is given up, so nobody asks.
        public override Exception ErrorFor(WorkItem item) => new InvalidOperationException(Detail);
    }
}
