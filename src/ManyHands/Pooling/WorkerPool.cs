namespace ManyHands.Pooling;

/// <summary>
/// The shell around the <see cref="Scheduler"/>: gives it events under one lock, does what it decides, keeps its time, and counts. What runs
/// code of others (ends, observers, cancellation callbacks) is done after the lock.
/// </summary>
internal sealed class WorkerPool : IWorkOwner
{
    private readonly Lock _gate = new();
    private readonly Scheduler _scheduler;
    private readonly PoolClock _clock;
    private readonly ExecutorObserver? _observer;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _succeeded;
    private long _failed;
    private long _cancelled;
    private long _observerErrors;

    public WorkerPool(SchedulerOptions options, Func<WorkerPool, int, Worker> newWorker, ExecutorObserver? observer)
    {
        _observer = observer;
        _scheduler = new Scheduler(options, number => newWorker(this, number));
        _clock = new PoolClock(TimeProvider.System, TimePassed);
    }

    /// <summary>Ends when nothing of the pool is left.</summary>
    public Task Closed => _closed.Task;

    public void ThrowIfClosed()
    {
        ObjectDisposedException.ThrowIf(_scheduler.Closing is not null, typeof(Executor));
        if (_scheduler.Broken is { } broken)
            throw broken;
    }

    public Admission Submit(WorkItem item, bool mayWait)
    {
        using var done = Enter();
        ThrowIfClosed();
        item.Owner = this;
        return _scheduler.Submit(item, mayWait, _clock.Now);
    }

    public void RequestCancel(WorkItem item, CancelReason reason)
    {
        using var done = Enter();
        _scheduler.Cancel(item, reason, _clock.Now);
    }

    public Task CloseAsync(CloseMode mode)
    {
        using (Enter())
            _scheduler.Close(mode, _clock.Now);
        return Closed;
    }

    public ExecutorSnapshot Snapshot(string executor, string launch)
    {
        lock (_gate)
        {
            return new ExecutorSnapshot(
                executor,
                launch,
                [.. _scheduler.Workers.Select(worker => new WorkerSnapshot(worker.Number, worker.Pid, State(worker), worker.Tasks))],
                _scheduler.Queued,
                _scheduler.Workers.Sum(worker => worker.Lanes.Sum(lane => lane.Items.Sum(item => item.Count))),
                Interlocked.Read(ref _succeeded),
                Interlocked.Read(ref _failed),
                Interlocked.Read(ref _cancelled),
                _scheduler.WorkersLost,
                _scheduler.WorkersKilled,
                _scheduler.WorkersRetired,
                _scheduler.Abandoned,
                Interlocked.Read(ref _observerErrors));
        }
    }

    // ---- What back ends report.

    public void Ready(Worker worker)
    {
        using var done = Enter();
        _scheduler.WorkerReady(worker, _clock.Now);
    }

    public void StartFailed(Worker worker, Exception error)
    {
        using var done = Enter();
        _scheduler.StartFailed(worker, error, _clock.Now);
    }

    public void Gone(Worker worker, WorkerLoss loss)
    {
        using var done = Enter();
        _scheduler.WorkerGone(worker, loss, _clock.Now);
    }

    /// <summary>An item has ended in a lane.</summary>
    public void Ended(Lane lane, WorkItem item, TimeSpan elapsed)
    {
        using var done = Enter();
        _scheduler.Ended(lane, item, elapsed, _clock.Now);
    }

    /// <summary>Several items have ended in a lane; one turn of the lock for all.</summary>
    public void Ended(Lane lane, List<(WorkItem Item, TimeSpan Elapsed)> ended)
    {
        using var done = Enter();
        TimeSpan now = _clock.Now;
        foreach (var (item, elapsed) in ended)
            _scheduler.Ended(lane, item, elapsed, now);
    }

    public void Ended(WorkItem item, TaskOutcome outcome, Exception? error, int count = 1)
    {
        ref long counter = ref _succeeded;
        if (outcome == TaskOutcome.Failed)
            counter = ref _failed;
        else if (outcome == TaskOutcome.Cancelled)
            counter = ref _cancelled;
        Interlocked.Add(ref counter, count);
        if (_observer is not null)
            Observe(new TaskEnded(item.Id, item.Name, outcome, error));
    }

    public void Observe(ExecutorEvent executorEvent)
    {
        if (_observer is null)
            return;
        try
        {
            _observer.Observe(executorEvent);
        }
        catch (Exception) // the observer is not ours, and no task may suffer from it; Snapshot counts it
        {
            CountObserverError();
        }
    }

    public void CountObserverError() => Interlocked.Increment(ref _observerErrors);

    private static WorkerState State(Worker worker) => worker.Phase switch
    {
        WorkerPhase.Starting => WorkerState.Starting,
        WorkerPhase.Ready when worker.IsEmpty => WorkerState.Idle,
        WorkerPhase.Ready => WorkerState.Busy,
        WorkerPhase.Killed => WorkerState.Killed,
        _ => WorkerState.Stopping,
    };

    private void TimePassed()
    {
        using var done = Enter();
        _scheduler.TimePassed(_clock.Now);
    }

    /// <summary>Takes the lock; disposing what it returns does what was decided, in and after the lock.</summary>
    private Turn Enter()
    {
        _gate.Enter();
        return new Turn(this);
    }

    private void Leave()
    {
        List<SchedulerAction>? later = null;
        try
        {
            List<SchedulerAction> actions = _scheduler.Actions;
            for (int i = 0; i < actions.Count; i++) // grows while it runs
            {
                if (actions[i].IsImmediate)
                    Perform(actions[i]);
                else
                    (later ??= []).Add(actions[i]);
            }

            actions.Clear();
            _clock.WakeAt(_scheduler.NextDue);
        }
        finally
        {
            _gate.Exit();
        }

        if (later is not null)
            later.ForEach(PerformLater);
    }

    private void Perform(SchedulerAction action)
    {
        Worker worker = action.Worker!;
        switch (action.Kind)
        {
            case SchedulerActionKind.Start:
                if (worker.Start())
                    _scheduler.WorkerReady(worker, _clock.Now);
                break;
            case SchedulerActionKind.Flush:
                worker.Flush(action.Lane!);
                break;
            case SchedulerActionKind.Kill:
                if (worker.Kill() is { } killed)
                    _scheduler.WorkerGone(worker, killed, _clock.Now);
                break;
            case SchedulerActionKind.Stop:
                if (worker.Stop() is { } stopped)
                    _scheduler.WorkerGone(worker, stopped, _clock.Now);
                break;
        }
    }

    private void PerformLater(SchedulerAction action)
    {
        WorkItem item = action.Item!;
        switch (action.Kind)
        {
            case SchedulerActionKind.CancelPolitely:
                action.Worker!.CancelPolitely(item);
                break;
            case SchedulerActionKind.Fail:
                item.FailAll((Exception)action.Data!);
                break;
            case SchedulerActionKind.FailLost:
                item.FailAll(((WorkerLoss)action.Data!).ErrorFor(item));
                break;
            case SchedulerActionKind.EndCancelled:
                item.EndCancelled();
                break;
            case SchedulerActionKind.Admit:
                item.Admitted(null);
                break;
            case SchedulerActionKind.Refuse:
                item.Admitted((Exception)action.Data!);
                break;
            case SchedulerActionKind.Event:
                Observe((ExecutorEvent)action.Data!);
                break;
            case SchedulerActionKind.Closed:
                _clock.Stop();
                _closed.TrySetResult();
                break;
        }
    }

    private readonly ref struct Turn(WorkerPool pool) : IDisposable
    {
        public void Dispose() => pool.Leave();
    }
}
