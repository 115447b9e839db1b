using ManyHands.Completions;
using ManyHands.Payloads;
using ManyHands.Pooling;

namespace ManyHands.Contexts;

/// <summary>A thread with a load context of its own. It runs no code of callers: they go on from the executor's thread for completions.</summary>
internal sealed class ContextWorker(WorkerPool pool, ContextPlan plan, CompletionQueue completions, int number) : Worker(number, lanes: 1)
{
    // A look costs far less than a wake-up, and whoever waits for a result often has the next task.
    private const int Looks = 50, PausesPerLook = 16;

    private static long _contexts;

    private readonly object _gate = new();
    private readonly ContextStay _stay = new();
    private volatile ContextLane? _lane;
    private volatile WorkItem? _next;
    private uint _generation;
    private bool _stops;

    public override bool Start()
    {
        try
        {
            LibraryThread.Start($"ManyHands context {Number}", Run, Failed);
            return false;
        }
        catch (OutOfMemoryException error)
        {
            throw new ResourceExhaustedException(
                ResourceKind.Threads, "The system gives no thread to run the work. Use fewer workers, or raise the limit (ulimit -u shows it).", error);
        }
    }

    public override void Dispatch(Lane lane, WorkItem item)
    {
        Volatile.Write(ref item.Word, Claim.Open(item.Generation, item.Count));
        lock (_gate)
        {
            _generation = item.Generation;
            _next = item;
            Monitor.Pulse(_gate);
        }
    }

    public override int TakeBack(WorkItem item, int leave = 0) => Claim.TakeBack(ref item.Word, leave);

    public override int Begun(WorkItem item) => Claim.Begun(Volatile.Read(ref item.Word));

    // Runs callbacks of the work, which may take their time: neither the clock nor whoever closes may wait for them.
    public override void CancelPolitely(WorkItem item) =>
        Errands.Run(static call => call.Lane?.Cancel(call.Item), (Lane: _lane, Item: item));

    // The thread cannot be stopped. Where it is in code of others it is left alone there, and another worker may take its place.
    public override WorkerLoss? Kill() => _stay.TryGiveUp() ? new ContextGivenUp() : Stop();

    public override WorkerLoss? Stop()
    {
        lock (_gate)
        {
            _stops = true;
            Monitor.Pulse(_gate);
        }

        return null;
    }

    private void Run()
    {
        var lane = new ContextLane(pool, _stay, $"ManyHands context {Interlocked.Increment(ref _contexts)}", plan.IsCollectible);
        _lane = lane;
        WorkerScope.Enter(lane);
        Serve(lane);
        if (lane.Unload(plan.Unloaded) is { } warning)
            pool.Observe(warning);
    }

    private void Serve(ContextLane lane)
    {
        if (!_stay.TryEnter())
        {
            pool.Gone(this, new ContextEnded()); // killed before it began
            return;
        }

        Exception? failure = Initialize(lane);
        if (!_stay.TryLeave())
            return; // the pool has forgotten it
        if (failure is not null)
        {
            pool.StartFailed(this, failure);
            return;
        }

        pool.Ready(this);
        while (TryExecuteNext(lane))
        {
        }

        pool.Gone(this, new ContextEnded()); // where it was given up with an item, the pool has forgotten it
    }

    // What it had ends with that error; another worker takes its place.
    private void Failed(Exception error)
    {
        if (_lane is null)
            pool.StartFailed(this, new WorkerStartException($"Worker {Number} has no load context: {error.Message}", error));
        else
            pool.Gone(this, new ContextFailed(error));
    }

    // In a method of its own: a thread that waits for the next item keeps nothing of the last one alive.
    private bool TryExecuteNext(ContextLane lane)
    {
        if (Next(out uint generation) is not { } item)
            return false;
        if (lane.Execute(item, generation) is not { } elapsed)
            return false;
        pool.Hold(); // for the pool nothing may be left, and for the caller it has not ended yet
        pool.Ended(Lanes[0], item, elapsed);
        if (item.IsBatch)
            item.Publish(); // only wakes who waits for it
        else
            completions.Post(item);
        pool.Release();
        return true;
    }

    private WorkerStartException? Initialize(ContextLane lane)
    {
        if (plan.Initializer is not { } initializer)
            return null;
        try
        {
            lane.Initialize(initializer, plan.InitializerArgument.Bytes);
            return null;
        }
        catch (Exception error) // whatever it throws is the reason why there is no worker
        {
            Exception cause = RemoteFailure.From(error).Rebuild(plan.InitializerAssembly);
            return new WorkerStartException($"The initializer of worker {Number} failed: {cause.Message}", cause);
        }
    }

    /// <summary>Waits for an item; null when the thread should end.</summary>
    private WorkItem? Next(out uint generation)
    {
        for (int i = 0; i < Looks && _next is null; i++)
        {
            Thread.SpinWait(PausesPerLook);
            Thread.Yield();
        }

        using (Uninterrupted.Hold(_gate))
        {
            while (_next is null && !_stops)
                Uninterrupted.Wait(_gate);
            WorkItem? item = _stops ? null : _next;
            _next = null;
            generation = _generation;
            return item;
        }
    }

    private sealed record ContextGivenUp : WorkerLoss
    {
        public override string Detail => "A context cannot be killed; its thread is left behind with the task that ignores cancellation.";

        // Only a worker whose item is being cancelled is given up, so nobody asks.
        public override Exception ErrorFor(WorkItem item) => new InvalidOperationException(Detail);
    }

    private sealed record ContextFailed(Exception Error) : WorkerLoss
    {
        public override string Detail => $"Its thread ended because of {Error.GetType()}: {Error.Message}";

        public override Exception ErrorFor(WorkItem item) => Error;
    }

    private sealed record ContextEnded : WorkerLoss
    {
        public override string Detail => "Its thread has ended.";

        // It ends between items.
        public override Exception ErrorFor(WorkItem item) => new InvalidOperationException(Detail);
    }
}
