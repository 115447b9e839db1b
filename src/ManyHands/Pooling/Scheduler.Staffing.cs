namespace ManyHands.Pooling;

/// <content>How many workers there are: starting them, and spares that step in.</content>
internal sealed partial class Scheduler
{
    private int _lastNumber;

    /// <summary>Has as many workers serve as the queue can use, and as many held back as are wanted.</summary>
    /// <param name="now">The time.</param>
    /// <param name="replace">One more may serve although nothing is queued for it: another is missing.</param>
    private void StartWorkers(TimeSpan now, bool replace = false)
    {
        if (Broken is not null)
        {
            TryAgain(now);
            return;
        }

        replace &= Closing is null;
        while (_staff.Serving < Limit)
        {
            Worker? spare = FindSpare();
            int underWay = spare?.Phase == WorkerPhase.Ready ? 0 : _staff.StartingLanes;
            if (!replace && _queue.Tasks + _door.Tasks <= underWay && !HasSurplusSpare())
                break;
            replace = false;
            if (spare is not null)
                StepIn(spare, now);
            else if (MayStart(now))
                Start(WorkerRole.Serving, now);
            else
                break;
        }

        StartSpares(now);
    }

    // Once somebody works: a worker that is waited for comes first, and what fails to start fails once.
    private void StartSpares(TimeSpan now)
    {
        while (_staff.Spares < WantedSpares() && MayStart(now))
            Start(WorkerRole.Spare, now);
    }

    private int WantedSpares()
    {
        if (_staff.Ready == 0 || Broken is not null)
            return 0;
        if (Closing is null)
            return _options.WarmSpares + WantedSuccessors();
        return Closing == CloseMode.Drain && !_queue.IsEmpty ? _staff.Leaving : 0;
    }

    // One for each worker that leaves; more only while no worker is missing and there is something that they could run.
    private int WantedSuccessors() =>
        _queue.IsEmpty || _staff.Serving < Limit ? _staff.Leaving : Math.Min(_staff.Leaving * Successors, _staff.Leaving + _options.Cores);

    // It was to step in for a worker that went without being missed.
    private bool HasSurplusSpare() => _staff.Spares > _options.WarmSpares + _staff.Leaving && Closing is null;

    private void Start(WorkerRole role, TimeSpan now)
    {
        Worker worker = _newWorker(++_lastNumber);
        worker.Role = role;
        worker.StartedAt = now;
        _staff.Add(worker);
        _dismissed = false;
        SetDue(worker, After(now, _options.StartLimit));
        _actions.Add(new(SchedulerActionKind.Start, worker));
    }

    /// <summary>The spare that can step in soonest.</summary>
    private Worker? FindSpare()
    {
        Worker? starting = null;
        if (_staff.Spares == 0)
            return null;
        foreach (Worker worker in _staff)
        {
            if (worker is { Role: WorkerRole.Spare, Phase: WorkerPhase.Ready })
                return worker;
            if (worker.Role == WorkerRole.Spare)
                starting ??= worker;
        }

        return starting;
    }

    private void StepIn(Worker spare, TimeSpan now)
    {
        _staff.StepIn(spare);
        if (spare.Phase == WorkerPhase.Ready)
            Serve(spare, now);
    }

    private void Serve(Worker worker, TimeSpan now)
    {
        worker.ServesSince = now;
        SetRetireDue(worker);
        foreach (Lane lane in worker.Lanes)
            LaneHasRoom(lane, now);
    }

    private void Remove(Worker worker)
    {
        _staff.Remove(worker);
        foreach (Lane lane in worker.Lanes)
            _idle.Remove(lane);
    }
}
