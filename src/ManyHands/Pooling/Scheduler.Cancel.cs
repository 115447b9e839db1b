namespace ManyHands.Pooling;

/// <content>Cancelling, timeouts, closing.</content>
internal sealed partial class Scheduler
{
    // A killed worker is gone within milliseconds, and more is known about it then. But callers do not wait for a system that cannot end it, as
    // when it is stuck in a call to a broken disk.
    private static readonly TimeSpan _farewell = TimeSpan.FromSeconds(1);

    // What a worker sent before it began something else is read within milliseconds, as long as this process runs at all.
    private static readonly TimeSpan _resultLimit = TimeSpan.FromSeconds(2);

    private bool _saidClosed;
    private bool _dismissed; // whoever could be sent away has been, and nobody came since

    /// <summary>Somebody wants an item cancelled. Nothing happens where it has ended or is being cancelled already.</summary>
    public void Cancel(WorkItem item, CancelReason reason, TimeSpan now)
    {
        if (!item.TryMarkCancelled(reason))
            return;
        switch (item.Holder)
        {
            case WorkQueue queue:
                queue.Remove(item);
                item.Due = TimeSpan.MaxValue;
                _moves++;
                if (ReferenceEquals(queue, _door))
                {
                    Exception refusal = reason == CancelReason.Closed
                        ? new ObjectDisposedException(nameof(Executor), "The executor was closed while the submission waited for room in its queue.")
                        : new OperationCanceledException("The submission was cancelled while it waited for room in the queue.");
                    _actions.Add(new(SchedulerActionKind.Refuse, Item: item, Data: refusal));
                }

                _actions.Add(new(SchedulerActionKind.EndCancelled, Item: item));
                LetIn(now);
                CloseIfEmpty(now);
                break;
            case Lane lane:
                CancelInLane(lane, item, now);
                break;
        }
    }

    /// <summary>Time has passed: timeouts, kills, limits on starting and stopping, age.</summary>
    public void TimePassed(TimeSpan now)
    {
        foreach (Worker worker in _staff.ToArray())
        {
            foreach (Lane lane in worker.Lanes)
            {
                foreach (WorkItem item in lane.Items.ToArray())
                {
                    if (item.Due <= now)
                        ItemDue(item, now);
                }
            }

            if (worker.Due <= now)
                WorkerDue(worker, now);
        }

        Watch(now);
        TryResting(now);
        StartWorkers(now);
        NextDue = StartAgainAt > now && StartAgainAt < NextLook ? StartAgainAt : NextLook;
        foreach (Worker worker in _staff)
        {
            NextDue = worker.Due < NextDue ? worker.Due : NextDue;
            foreach (Lane lane in worker.Lanes)
            {
                foreach (WorkItem item in lane.Items)
                    NextDue = item.Due < NextDue ? item.Due : NextDue;
            }
        }

        for (WorkItem? item = _resting.First; item is not null; item = item.Next)
            NextDue = item.Due < NextDue ? item.Due : NextDue;
    }

    /// <summary>Begins to close, or closes more strictly than before.</summary>
    public void Close(CloseMode mode, TimeSpan now)
    {
        if (Closing is { } earlier && mode <= earlier)
        {
            CloseIfEmpty(now);
            return;
        }

        Closing = mode;
        if (mode != CloseMode.Drain)
        {
            while (!_door.IsEmpty)
                Cancel(_door.First!, CancelReason.Closed, now);
            while (!_queue.IsEmpty)
                Cancel(_queue.First!, CancelReason.Closed, now);
            while (!_resting.IsEmpty)
                Cancel(_resting.First!, CancelReason.Closed, now);
            foreach (Worker worker in _staff.ToArray())
            {
                foreach (Lane lane in worker.Lanes)
                {
                    foreach (WorkItem item in lane.Items.ToArray())
                        Cancel(item, CancelReason.Closed, now);
                }

                if (mode == CloseMode.Kill && worker.Phase < WorkerPhase.Killed)
                    Kill(worker, WorkerEndReason.Closed, now);
            }
        }

        CloseIfEmpty(now);
    }

    private void ItemDue(WorkItem item, TimeSpan now)
    {
        item.Due = TimeSpan.MaxValue;
        if (item.CancelReason == CancelReason.None)
            Cancel(item, CancelReason.Timeout, now);
        else
            KillFor(item, now);
    }

    private void CancelInLane(Lane lane, WorkItem item, TimeSpan now)
    {
        Release(lane, item, lane.Worker.TakeBack(item));
        if (item.Holder is null) // nothing of it had begun
        {
            LaneHasRoom(lane, now);
            return;
        }

        if (item.TakesToken)
            _actions.Add(new(SchedulerActionKind.CancelPolitely, lane.Worker, lane, item));

        // Work that takes no token cannot stop by itself; only a back end that cannot kill waits for it all the same.
        if (item.TakesToken || !_options.CanKill)
            SetDue(item, After(now, _options.KillAfter));
        else
            KillFor(item, now);
    }

    /// <summary>Kills the worker of a cancelled item that will not stop; and nothing else in the same lane.</summary>
    private void KillFor(WorkItem item, TimeSpan now)
    {
        if (item.Holder is not Lane lane || lane.Worker.Phase >= WorkerPhase.Killed)
            return;

        // First everything else in the lane is taken back. If a later item could not be, it has begun, so this one has ended and its
        // result is on the way: the kill would hit a neighbour, and is not needed. Or the worker's marks lie: then the result does not come.
        int position = lane.Items.IndexOf(item);
        var freed = new List<WorkItem>();
        bool passed = false;
        for (int i = lane.Items.Count - 1; i > position; i--)
        {
            WorkItem other = lane.Items[i];
            int cut = lane.Worker.TakeBack(other);
            passed |= cut > 0;
            if (Release(lane, other, cut) is { } rest)
                freed.Insert(0, rest);
        }

        if (passed && MayStillCome(lane, item))
        {
            SetDue(item, After(now, _resultLimit));
        }
        else
        {
            lane.Worker.KilledTask = $"task {item.Id} ({item.Name})";
            Kill(lane.Worker, Closing is null ? WorkerEndReason.Killed : WorkerEndReason.Closed, now);
        }

        Requeue(freed, now);
        StartWorkers(now);
    }

    private static bool MayStillCome(Lane lane, WorkItem item)
    {
        bool isFirstLook = !item.WasPassed;
        item.WasPassed = true;
        return isFirstLook || lane.Worker.HasUnread(lane);
    }

    private void Kill(Worker worker, WorkerEndReason reason, TimeSpan now)
    {
        if (!_options.CanKill && !worker.IsEmpty)
            reason = WorkerEndReason.Abandoned;
        _staff.Move(worker, WorkerPhase.Killed);
        worker.EndReason = reason;
        SetDue(worker, After(now, _farewell));
        _actions.Add(new(SchedulerActionKind.Kill, worker));
    }

    /// <summary>While it closes: sends workers away once nothing is queued, and says so when nothing is left.</summary>
    /// <param name="now">The time.</param>
    /// <param name="idle">A worker that has become idle; the others have been looked at before.</param>
    private void CloseIfEmpty(TimeSpan now, Worker? idle = null)
    {
        if (Closing is null || !_queue.IsEmpty || !_door.IsEmpty || !_resting.IsEmpty)
            return;
        if (!_dismissed)
        {
            _dismissed = true;
            foreach (Worker worker in _staff)
                Dismiss(worker, now);
        }
        else if (idle is not null)
        {
            Dismiss(idle, now);
        }

        if (_staff.Count > 0 || _saidClosed)
            return;
        _saidClosed = true;
        _actions.Add(new(SchedulerActionKind.Closed));
    }

    private void Dismiss(Worker worker, TimeSpan now)
    {
        if (worker.Phase == WorkerPhase.Starting && _options.CanKill)
            Kill(worker, WorkerEndReason.Closed, now);
        else if (worker.Phase == WorkerPhase.Starting && After(now, _options.KillAfter) < worker.Due)
            SetDue(worker, After(now, _options.KillAfter));
        else if (worker.Phase is WorkerPhase.Ready or WorkerPhase.Retiring && worker.IsEmpty)
            Stop(worker, now, WorkerEndReason.Closed);
    }
}
