namespace ManyHands.Pooling;

/// <content>
/// Looking after workers at regular times: whether they are there, and how big they are. The looks for standstills and for idle lanes happen here too.
/// </content>
internal sealed partial class Scheduler
{
    private static readonly TimeSpan _longestBeat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _memoryBeat = TimeSpan.FromMilliseconds(100);

    private TimeSpan _beatDue = TimeSpan.MaxValue;
    private TimeSpan _lastBeat;
    private TimeSpan _memoryDue = TimeSpan.MaxValue;

    /// <summary>A busy worker's memory has been looked at.</summary>
    public void MemorySeen(Worker worker, long bytes, TimeSpan now)
    {
        if (worker.Phase is not (WorkerPhase.Ready or WorkerPhase.Retiring) || worker.IsEmpty || !(bytes > _options.MemoryLimit))
            return;
        worker.SeenBytes = bytes;
        KillAsUnfit(worker, KillCause.OutOfMemory, now);
    }

    /// <summary>How often each worker is asked whether it is there.</summary>
    private TimeSpan BeatInterval => _options.HeartbeatLimit!.Value / 4 is var quarter && quarter < _longestBeat ? quarter : _longestBeat;

    private TimeSpan NextLook => new[] { _beatDue, _memoryDue, _standstillDue, _shareDue }.Min();

    private void Watch(TimeSpan now)
    {
        if (_beatDue <= now)
            LookAtBeats(now);
        if (_memoryDue <= now)
            LookAtMemory(now);
        if (_standstillDue <= now)
            LookForStandstill(now);
        if (_shareDue <= now)
            Share(now);
    }

    /// <summary>There is a worker to ask from now on.</summary>
    private void WatchBeats(TimeSpan now)
    {
        if (_options.HeartbeatLimit is null || _beatDue < TimeSpan.MaxValue)
            return;
        _lastBeat = now;
        _beatDue = After(now, BeatInterval);
        NextDue = _beatDue < NextDue ? _beatDue : NextDue;
    }

    /// <summary>There is a busy worker from now on.</summary>
    private void WatchMemory(TimeSpan now)
    {
        if (_options.MemoryLimit is null || _memoryDue < TimeSpan.MaxValue)
            return;
        _memoryDue = now + _memoryBeat;
        NextDue = _memoryDue < NextDue ? _memoryDue : NextDue;
    }

    private void LookAtBeats(TimeSpan now)
    {
        // A look that comes late proves nothing: this process did not run, so perhaps nobody did, and the answers may lie unread.
        TimeSpan passed = now - _lastBeat;
        bool isLate = passed > BeatInterval * 2;
        bool isAnyThere = false;
        _lastBeat = now;
        foreach (Worker worker in _staff.ToArray())
        {
            if (worker.Phase is not (WorkerPhase.Ready or WorkerPhase.Retiring))
                continue;
            isAnyThere = true;
            if (worker.HasAnswered)
            {
                worker.Silence = TimeSpan.Zero;
                _actions.Add(new(SchedulerActionKind.Ping, worker));
            }
            else if (!isLate && (worker.Silence += passed) >= _options.HeartbeatLimit)
            {
                KillAsUnfit(worker, KillCause.Hung, now);
            }
        }

        _beatDue = isAnyThere ? After(now, BeatInterval) : TimeSpan.MaxValue;
    }

    // Reading it takes a file, so it is done after the lock and reported as an event.
    private void LookAtMemory(TimeSpan now)
    {
        bool isAnyBusy = false;
        foreach (Worker worker in _staff)
        {
            if (worker.Phase is not (WorkerPhase.Ready or WorkerPhase.Retiring) || worker.IsEmpty)
                continue;
            isAnyBusy = true;
            _actions.Add(new(SchedulerActionKind.LookAtMemory, worker));
        }

        _memoryDue = isAnyBusy ? now + _memoryBeat : TimeSpan.MaxValue;
    }

    /// <summary>Kills a worker for what it is, and spares what it has not begun.</summary>
    private void KillAsUnfit(Worker worker, KillCause cause, TimeSpan now)
    {
        List<WorkItem> freed = TakeBackAll(worker);
        worker.KilledFor = cause;
        Kill(worker, WorkerEndReason.Lost, now);
        Requeue(freed, now);
        StartWorkers(now);
    }

    private List<WorkItem> TakeBackAll(Worker worker)
    {
        var freed = new List<WorkItem>();
        foreach (Lane lane in worker.Lanes)
        {
            foreach (WorkItem item in lane.Items.ToArray())
            {
                if (Release(lane, item, worker.TakeBack(item)) is { } rest)
                    freed.Add(rest);
            }
        }

        return freed;
    }
}
