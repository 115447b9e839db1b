namespace ManyHands.Pooling;

/// <content>Starting, losing, retiring and replacing workers.</content>
internal sealed partial class Scheduler
{
    private readonly Queue<TimeSpan> _failedStarts = new();
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
        worker.Phase = WorkerPhase.Ready;
        _startingLanes -= worker.Lanes.Length;
        worker.ReadyAt = now;
        worker.Due = TimeSpan.MaxValue;
        _failedStarts.Clear();
        _actions.Add(new(SchedulerActionKind.Event, Data: new WorkerStarted(worker.Number, worker.Pid)));
        if (_options.Retire.AfterAge is { } age)
            SetDue(worker, now + age);
        foreach (Lane lane in worker.Lanes)
            LaneHasRoom(lane, now);
    }

    /// <summary>A worker that never became ready is gone.</summary>
    public void StartFailed(Worker worker, Exception error, TimeSpan now)
    {
        bool wanted = worker.EndReason == WorkerEndReason.Lost;
        _startingLanes -= worker.Lanes.Length;
        Remove(worker);
        if (!wanted || Closing is not null)
        {
            StartWorkers(now);
            CloseIfEmpty(now);
            return;
        }

        _actions.Add(new(SchedulerActionKind.Event, Data: new WorkerStartFailed(worker.Number, error)));
        _failedStarts.Enqueue(now);
        while (now - _failedStarts.Peek() > _options.RestartLimit.Window)
            _failedStarts.Dequeue();
        if (_failedStarts.Count >= _options.RestartLimit.Failures)
        {
            // While another worker works, fewer workers are better than none; try again later.
            if (_workers.Exists(other => other.Phase == WorkerPhase.Ready))
                _startAgainAt = now + _options.RestartLimit.Window;
            else
                Break(error);
        }

        StartWorkers(now);
        CloseIfEmpty(now);
    }

    /// <summary>A worker is gone. Everything it sent has been reported before.</summary>
    public void WorkerGone(Worker worker, WorkerLoss loss, TimeSpan now)
    {
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

        // From the last to the first, since each goes back to the head of the queue.
        var requeue = new List<WorkItem>();
        foreach (Lane lane in worker.Lanes)
        {
            foreach (WorkItem item in lane.Items.ToArray())
                Settle(lane, item, loss, requeue);
        }

        for (int i = requeue.Count - 1; i >= 0; i--)
            Requeue(requeue[i], now);
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

    private void Remove(Worker worker)
    {
        worker.Phase = WorkerPhase.Gone;
        _workers.Remove(worker);
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
            SetDue(worker, now + _options.StartLimit);
            _actions.Add(new(SchedulerActionKind.Start, worker));
        }
    }

    private void Break(Exception cause)
    {
        Broken = new ExecutorBrokenException(
            $"No worker can be started: {_failedStarts.Count} starts failed within {_options.RestartLimit.Window}, the last one because: "
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
                worker.Phase = WorkerPhase.Killed;
                _actions.Add(new(SchedulerActionKind.Kill, worker));
                break;
            case WorkerPhase.Stopping: // was asked to end and did not
                Kill(worker, worker.EndReason);
                break;
            case WorkerPhase.Ready when RetireDue(worker, now):
                BeginRetiring(worker);
                if (worker.IsEmpty)
                    Stop(worker, now);
                break;
            case WorkerPhase.Ready:
                SetIdleDue(worker);
                break;
        }
    }

    private bool RetireDue(Worker worker, TimeSpan now)
    {
        Retirement retire = _options.Retire;
        return worker.Tasks >= (retire.AfterTasks ?? long.MaxValue)
            || now - worker.ReadyAt >= (retire.AfterAge ?? TimeSpan.MaxValue)
            || (worker.IsEmpty && _queue.IsEmpty && worker.IdleSince > TimeSpan.Zero && now - worker.IdleSince >= (retire.AfterIdle ?? TimeSpan.MaxValue))
            || (retire.AboveBytes is { } bytes && worker.ResidentBytes > bytes);
    }

    private void BeginRetiring(Worker worker)
    {
        worker.Phase = WorkerPhase.Retiring;
        worker.EndReason = WorkerEndReason.Retired;
        foreach (Lane lane in worker.Lanes)
        {
            for (int i = lane.Items.Count - 1; i >= 0; i--)
            {
                WorkItem item = lane.Items[i];
                if (Release(lane, item, worker.TakeBack(item)) is { } rest)
                    _queue.AddFirst(rest);
            }
        }
    }

    private void SetIdleDue(Worker worker)
    {
        if (_options.Retire.AfterIdle is { } idle && worker.IsEmpty)
            SetDue(worker, worker.IdleSince + idle < worker.Due ? worker.IdleSince + idle : worker.Due);
    }

    private void Stop(Worker worker, TimeSpan now, WorkerEndReason? reason = null)
    {
        worker.Phase = WorkerPhase.Stopping;
        worker.EndReason = reason ?? worker.EndReason;
        SetDue(worker, now + _options.KillAfter);
        _actions.Add(new(SchedulerActionKind.Stop, worker));
    }
}
