namespace ManyHands.Pooling;

/// <content>Starting, losing, retiring and replacing workers.</content>
internal sealed partial class Scheduler
{
    private static readonly TimeSpan _memoryPause = TimeSpan.FromMilliseconds(20);

    private int _failedStarts;
    private TimeSpan _lastFailedStart;
    private TimeSpan _startAgainAt;
    private int _lastNumber;
    private int _startingLanes;

    public long WorkersLost { get; private set; }

    public long WorkersKilled { get; private set; }

    public long WorkersRetired { get; private set; }

    public int Abandoned { get; private set; }

    /// <summary>A worker is ready for items.</summary>
    public void WorkerReady(Worker worker, TimeSpan now)
    {
        if (worker.Phase != WorkerPhase.Starting)
            return; // killed while it started
        LeaveStarting(worker);
        worker.Phase = WorkerPhase.Ready;
        worker.ReadyAt = now;
        _actions.Add(new(SchedulerActionKind.Event, Data: new WorkerStarted(worker.Number, worker.Pid)));
        SetRetireDue(worker);
        foreach (Lane lane in worker.Lanes)
            LaneHasRoom(lane, now);
    }

    /// <summary>A worker that never became ready is gone.</summary>
    public void StartFailed(Worker worker, Exception error, TimeSpan now)
    {
        if (worker.Phase == WorkerPhase.Gone)
            return; // given up before
        if (worker.Phase == WorkerPhase.Killed && !_options.CanKill)
            Abandoned++;
        if (worker.MissedStartLimit)
            error = new WorkerStartException($"Worker {worker.Number} was not ready within the StartLimit of {_options.StartLimit}, so it was killed. {error.Message}", error);
        Remove(worker);
        if (worker.EndReason == WorkerEndReason.Lost)
            CountFailedStart(worker, error, now);
        StartWorkers(now);
        CloseIfEmpty(now);
    }

    /// <summary>A worker is gone. Everything it sent has been reported before.</summary>
    public void WorkerGone(Worker worker, WorkerLoss loss, TimeSpan now)
    {
        if (worker.Phase == WorkerPhase.Gone)
            return; // stopped and killed in one go
        if (worker.ReadyAt is null)
        {
            StartFailed(worker, new WorkerStartException($"Worker {worker.Number} was not ready within {_options.StartLimit}. {loss.Detail}"), now);
            return;
        }

        if (worker.Phase <= WorkerPhase.Retiring)
            worker.EndReason = WorkerEndReason.Lost;
        Remove(worker);
        switch (worker.EndReason)
        {
            case WorkerEndReason.Lost:
                WorkersLost++;
                break;
            case WorkerEndReason.Killed:
                WorkersKilled++;
                break;
            case WorkerEndReason.Retired:
                WorkersRetired++;
                break;
            case WorkerEndReason.Abandoned:
                Abandoned++;
                break;
        }

        _actions.Add(new(
            SchedulerActionKind.Event, Data: new WorkerEnded(worker.Number, worker.Pid, worker.EndReason, loss.Detail)));

        var requeue = new List<WorkItem>();
        bool blameless = true;
        foreach (Lane lane in worker.Lanes)
        {
            foreach (WorkItem item in lane.Items.ToArray())
            {
                blameless &= worker.Begun(item) == 0;
                Settle(lane, item, loss, requeue);
            }
        }

        // Ready, and dead before it ended a single task, with none to blame: as good as a start that failed.
        if (worker.EndReason == WorkerEndReason.Lost && worker.Tasks == 0 && blameless)
            CountFailedStart(worker, new WorkerStartException($"Worker {worker.Number} ended before it had done anything. {loss.Detail}"), now);
        Requeue(requeue, now);
        StartWorkers(now, replace: worker.EndReason is WorkerEndReason.Lost or WorkerEndReason.Killed or WorkerEndReason.Abandoned);
        CloseIfEmpty(now);
    }

    /// <summary>Parts what a lost worker had begun from what it had not.</summary>
    private void Settle(Lane lane, WorkItem item, WorkerLoss loss, List<WorkItem> requeue)
    {
        int begun = Math.Min(lane.Worker.Begun(item), item.Count);
        RemoveFrom(lane, item);
        bool again = begun == item.Count && item.Count == 1 && !item.HasEnded(0)
            && item.CancelReason == CancelReason.None && item.Attempt < item.Options.Attempts;
        if (again || begun == 0)
        {
            if (begun == 0)
                item.Attempt--; // it never ran
            requeue.Add(item);
            return;
        }

        WorkItem? rest = item.TakeRest(begun);
        _actions.Add(item.CancelReason == CancelReason.None
            ? new(SchedulerActionKind.FailLost, lane.Worker, lane, item, loss)
            : new(SchedulerActionKind.EndCancelled, Item: item));
        if (rest is null)
            return;
        if (item.CancelReason != CancelReason.None)
            rest.TryMarkCancelled(item.CancelReason);
        requeue.Add(rest);
    }

    private void CountFailedStart(Worker worker, Exception error, TimeSpan now)
    {
        _actions.Add(new(SchedulerActionKind.Event, Data: new WorkerStartFailed(worker.Number, error)));

        // What counts is the pause before it, not how long it took: starts that each fail late would be tried for ever.
        if (worker.StartedAt - _lastFailedStart > _options.RestartLimit.Window)
            _failedStarts = 0;
        _failedStarts++;
        _lastFailedStart = now;
        if (_failedStarts < _options.RestartLimit.Failures)
            return;

        // While another worker works, fewer workers are better than none; try again later.
        if (_workers.Exists(other => other.Phase == WorkerPhase.Ready))
        {
            _startAgainAt = After(now, _options.RestartLimit.Window);
            NextDue = _startAgainAt < NextDue ? _startAgainAt : NextDue;
        }
        else
        {
            Break(error);
        }
    }

    private void LeaveStarting(Worker worker) => _startingLanes -= worker.Phase == WorkerPhase.Starting ? worker.Lanes.Length : 0;

    private void Remove(Worker worker)
    {
        LeaveStarting(worker);
        worker.Phase = WorkerPhase.Gone;
        _workers.Remove(worker);
        if (Array.Exists(worker.Lanes, lane => lane.IsListedIdle))
            _idle.RemoveAll(lane => ReferenceEquals(lane.Worker, worker));
    }

    /// <summary>Starts as many workers as the queue can use.</summary>
    private void StartWorkers(TimeSpan now, bool replace = false)
    {
        if (_workers.Count >= _options.Workers || Broken is not null || (_startAgainAt > now && _workers.Count > 0))
            return;
        int starting = _startingLanes;
        while (_workers.Count < _options.Workers
            && (_queue.Tasks + _door.Tasks > starting || (replace && Closing is null)))
        {
            replace = false;
            Worker worker = _newWorker(++_lastNumber);
            _workers.Add(worker);
            _startingLanes = starting += worker.Lanes.Length;
            worker.StartedAt = now;
            SetDue(worker, After(now, _options.StartLimit));
            _actions.Add(new(SchedulerActionKind.Start, worker));
        }
    }

    private void Break(Exception cause)
    {
        Broken = new ExecutorBrokenException(
            $"No worker can be started: {_failedStarts} starts in a row failed, the last one because: "
            + $"{cause.Message} Correct the cause and make a new executor; see RestartLimit for when to give up.", cause);
        foreach (WorkQueue queue in new[] { _door, _queue })
        {
            while (!queue.IsEmpty)
            {
                WorkItem item = queue.TakeFirst();
                if (ReferenceEquals(queue, _door))
                    _actions.Add(new(SchedulerActionKind.Refuse, Item: item, Data: Broken));
                _actions.Add(new(SchedulerActionKind.Fail, Item: item, Data: Broken));
            }
        }

        foreach (Worker worker in _workers)
        {
            if (worker.Phase == WorkerPhase.Starting)
                Kill(worker, WorkerEndReason.Killed);
        }
    }

    private void WorkerDue(Worker worker, TimeSpan now)
    {
        worker.Due = TimeSpan.MaxValue;
        switch (worker.Phase)
        {
            case WorkerPhase.Starting: // not ready in time
                worker.MissedStartLimit = true;
                Kill(worker, Closing is null || !_queue.IsEmpty ? WorkerEndReason.Lost : WorkerEndReason.Closed);
                break;
            case WorkerPhase.Stopping: // was asked to end and did not
                Kill(worker, worker.EndReason);
                break;
            case WorkerPhase.Ready when RetireDue(worker, now):
                BeginRetiring(worker, now);
                if (worker.IsEmpty)
                    Stop(worker, now);
                break;
            case WorkerPhase.Ready:
                SetRetireDue(worker);
                break;
        }
    }

    private bool RetireDue(Worker worker, TimeSpan now)
    {
        Retirement retire = _options.Retire;
        return worker.Tasks >= (retire.AfterTasks ?? long.MaxValue)
            || now - worker.ReadyAt >= (retire.AfterAge ?? TimeSpan.MaxValue)
            || (worker.IsEmpty && _queue.IsEmpty && now - worker.IdleSince >= (retire.AfterIdle ?? TimeSpan.MaxValue))
            || (worker.Tasks > 0 && retire.AboveBytes is { } bytes && IsAbove(bytes, worker, now));
    }

    // Reading it costs tens of microseconds, under the pool's lock.
    private static bool IsAbove(long bytes, Worker worker, TimeSpan now)
    {
        if (now - worker.MemoryLookedAt < _memoryPause)
            return false;
        worker.MemoryLookedAt = now;
        return worker.ResidentBytes > bytes;
    }

    /// <summary>What of an item a worker could only run after the number of tasks at which it retires.</summary>
    private WorkItem? TakeBeyondRetirement(Worker worker, WorkItem item)
    {
        if (item.Count == 1 || _options.Retire.AfterTasks is not { } limit)
            return null;
        long left = limit - worker.Tasks - worker.Lanes.Sum(lane => lane.Items.Sum(other => other.Count));
        return item.TakeRest((int)Math.Clamp(left, 1, item.Count));
    }

    private void BeginRetiring(Worker worker, TimeSpan now)
    {
        worker.Phase = WorkerPhase.Retiring;
        worker.EndReason = WorkerEndReason.Retired;
        var freed = new List<WorkItem>();
        foreach (Lane lane in worker.Lanes)
        {
            foreach (WorkItem item in lane.Items.ToArray())
            {
                if (Release(lane, item, worker.TakeBack(item)) is { } rest)
                    freed.Add(rest);
            }
        }

        Requeue(freed, now);
        StartWorkers(now);
    }

    /// <summary>Looks after it when it will be too old, or will have been idle for long.</summary>
    private void SetRetireDue(Worker worker)
    {
        TimeSpan byAge = After(worker.ReadyAt!.Value, _options.Retire.AfterAge ?? TimeSpan.MaxValue);
        TimeSpan byIdle = worker.IsEmpty ? After(worker.IdleSince, _options.Retire.AfterIdle ?? TimeSpan.MaxValue) : TimeSpan.MaxValue;
        SetDue(worker, byAge < byIdle ? byAge : byIdle);
    }

    private void Stop(Worker worker, TimeSpan now, WorkerEndReason? reason = null)
    {
        worker.Phase = WorkerPhase.Stopping;
        worker.EndReason = reason ?? worker.EndReason;
        SetDue(worker, After(now, _options.KillAfter));
        _actions.Add(new(SchedulerActionKind.Stop, worker));
    }
}
