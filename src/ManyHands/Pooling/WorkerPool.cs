using ManyHands.Completions;

namespace ManyHands.Pooling;

/// <summary>
/// The shell around the <see cref="Scheduler"/>: gives it events under one lock, does what it decides, keeps its time, and counts. What runs
/// code of others (ends, observers, cancellation callbacks) is done after the lock.
/// </summary>
internal sealed partial class WorkerPool : IWorkOwner
{
    private readonly Lock _gate = new();
    private readonly Scheduler _scheduler;
    private readonly PoolClock _clock;
    private readonly ExecutorObserver? _observer;
    private readonly TaskCompletionSource _closed = new(); // completed where continuations may run
    private readonly StripedCount _succeeded = new();
    private readonly StripedCount _failed = new();
    private readonly StripedCount _cancelled = new();
    private int _open = 1;
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
            throw broken.Error(_clock.Now);
    }

    public Admission Submit(WorkItem item, bool mayWait)
    {
        using var done = Enter();
        ThrowIfClosed();
        return Queue(item, mayWait);
    }

    public void RequestCancel(WorkItem item, CancelReason reason)
    {
        IWorkOwner? owner;
        using (Enter())
        {
            owner = item.Owner;
            if (ReferenceEquals(owner, this))
                _scheduler.Cancel(item, reason, _clock.Now);
        }

        if (ReferenceEquals(owner, this))
            GiveUpLate(end => ReferenceEquals(end.Item, item));
        else
            owner?.RequestCancel(item, reason); // it has moved meanwhile
    }

    private Admission Queue(WorkItem item, bool mayWait)
    {
        item.Owner = this;
        item.IsInner = item.Outer?.IsWithin(this) == true;
        return _scheduler.Submit(item, mayWait, _clock.Now);
    }

    public Task CloseAsync(CloseMode mode)
    {
        using (Enter())
            _scheduler.Close(mode, _clock.Now);
        if (mode != CloseMode.Drain)
            CloseLate();
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
                _succeeded.Value,
                _failed.Value,
                _cancelled.Value,
                _scheduler.WorkersLost,
                _scheduler.WorkersKilled,
                _scheduler.WorkersRetired,
                _scheduler.Abandoned,
                Interlocked.Read(ref _observerErrors))
            {
                Broken = _scheduler.Broken?.Snapshot(_clock.Now),
                Retirement = _scheduler.RetirementCost,
            };
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

    private void MemorySeen(Worker worker, long bytes)
    {
        using var done = Enter();
        _scheduler.MemorySeen(worker, bytes, _clock.Now);
    }

    /// <summary>An item has ended in a lane.</summary>
    public void Ended(Lane lane, WorkItem item, TimeSpan elapsed)
    {
        using var done = Enter();
        _scheduler.Ended(lane, item, elapsed, _clock.Now);
    }

    /// <summary>Several items have ended in a lane; one turn of the lock for all.</summary>
    public void Ended(Lane lane, List<Ending> endings)
    {
        using var done = Enter();
        _scheduler.Ended(lane, endings, _clock.Now);
    }

    public void Ended(WorkItem item, TaskOutcome outcome, Exception? error, int count = 1)
    {
        StripedCount counter = outcome switch
        {
            TaskOutcome.Succeeded => _succeeded,
            TaskOutcome.Failed => _failed,
            _ => _cancelled,
        };
        counter.Add(count);
        item.Meter?.Ended(item, count, error);
        for (int i = 0; i < count && _observer is not null; i++)
            Observe(new TaskEnded(item.Id, item.Name, outcome, error));
    }

    public void Hold() => Interlocked.Increment(ref _open);

    public void Release()
    {
        // Behind whatever has ended before, so that every task has ended for its caller too when the pool says that it is closed.
        if (Interlocked.Decrement(ref _open) == 0)
            CompletionThread.CompleteBehind(_closed);
    }

    public void Observe(ExecutorEvent executorEvent)
    {
        if (_observer is null)
            return;
        try
        {
            new Visit(this, "its observer", CloseMode.Kill).Run(_observer.Observe, executorEvent);
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
        WorkerPhase.Ready when worker.Role == WorkerRole.Spare => WorkerState.Spare,
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
        Uninterrupted.Enter(_gate);
        return new Turn(this);
    }

    private void Leave()
    {
        List<SchedulerAction>? later = null;
        try
        {
            PerformAll(ref later);
            if (_clock.WakeAt(_scheduler.NextDue) is { } noThread)
            {
                _scheduler.TimeStandsStill(noThread);
                PerformAll(ref later);
            }

            if (later is not null)
                Hold(); // another turn may find that nothing is left while these ends have yet to be told
        }
        finally
        {
            _gate.Exit();
        }

        if (later is null)
            return;
        foreach (SchedulerAction action in later)
        {
            try
            {
                PerformLater(action);
            }
            catch (Exception error) // no thread for one caller, say: the others are to hear of their ends all the same
            {
                LibraryThread.Report(error);
                CountObserverError();
            }
        }

        Release();
    }

    private void PerformAll(ref List<SchedulerAction>? later)
    {
        List<SchedulerAction> actions = _scheduler.Actions;
        for (int i = 0; i < actions.Count; i++) // grows while it runs
        {
            SchedulerAction action = actions[i];
            if (!action.IsImmediate)
            {
                (later ??= []).Add(action);
                continue;
            }

            try
            {
                Perform(action);
            }
            catch (Exception error) // no thread, no memory: the scheduler has to know, and what else was decided has to be done
            {
                _scheduler.Failed(action, error, _clock.Now);
            }
        }

        actions.Clear();
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
                if (worker.Phase < WorkerPhase.Killed)
                    worker.Flush(action.Lane!);
                break;
            case SchedulerActionKind.Kill:
                if (worker.Kill() is { } killed)
                    _scheduler.WorkerGone(worker, killed, _clock.Now);
                break;
            case SchedulerActionKind.Ping:
                worker.Ping();
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
            case SchedulerActionKind.LookAtMemory:
                MemorySeen(action.Worker!, action.Worker!.ResidentBytes);
                break;
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
                item.Report = (WorkerReport?)action.Data;
                item.EndCancelled();
                break;
            case SchedulerActionKind.Admit:
                item.Admitted(null);
                break;
            case SchedulerActionKind.Refuse:
                item.Admitted((Exception)action.Data!);
                break;
            case SchedulerActionKind.Event:
                if (action.Data is AttemptLost)
                    item.Meter?.AttemptLost();
                Observe((ExecutorEvent)action.Data!);
                break;
            case SchedulerActionKind.Closed:
                _clock.Stop();
                Release();
                break;
        }
    }

    private readonly ref struct Turn(WorkerPool pool) : IDisposable
    {
        public void Dispose() => pool.Leave();
    }
}
