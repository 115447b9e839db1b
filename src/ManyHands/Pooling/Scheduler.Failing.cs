namespace ManyHands.Pooling;

/// <content>
/// Starts that fail, and what to do about them. While another worker works, fewer are better than none, and starting is tried again later. Where
/// the system has run out of something one worker at a time is tried, with pauses, and the tasks that waited fail, not the executor: it may have it
/// again tomorrow. Else the executor is broken, until a worker can be started again.
/// </content>
internal sealed partial class Scheduler
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(25);

    private int _failedStarts;
    private bool _isShort; // the system had no more of something, and has not shown since that it has it again
    private TimeSpan _lastFailedStart;
    private TimeSpan _startAgainAt;
    private TimeSpan _pausedUntil;

    /// <summary>When a start that waits is tried; the past where none waits.</summary>
    public TimeSpan StartAgainAt => _pausedUntil > _startAgainAt ? _pausedUntil : _startAgainAt;

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

    /// <summary>Something that was decided could not be done.</summary>
    public void Failed(SchedulerAction action, Exception error, TimeSpan now)
    {
        Worker worker = action.Worker!;
        if (action.Kind == SchedulerActionKind.Start)
        {
            StartFailed(worker, OwnError(worker, error), now);
        }
        else if (worker.Phase < WorkerPhase.Killed)
        {
            worker.Failure = OwnError(worker, error);
            Kill(worker, WorkerEndReason.Lost, now);
        }
    }

    /// <summary>There is no thread to keep time, so nothing that waits for it would ever happen.</summary>
    public void TimeStandsStill(Exception error)
    {
        if (_staff.Count == 0)
            FailQueued(error);
    }

    private void DispatchFailed(Lane lane, WorkItem item, Exception error, TimeSpan now)
    {
        Worker worker = lane.Worker;
        RemoveFrom(lane, item);
        item.Attempt--; // it never ran
        PutBack(item, now);
        worker.Failure = OwnError(worker, error);
        if (worker.IsEmpty)
            Kill(worker, WorkerEndReason.Lost, now);
        else
            _staff.Move(worker, WorkerPhase.Retiring); // what it has is no worse for it
    }

    private static ExecutorException OwnError(Worker worker, Exception error) =>
        error as ExecutorException ?? new WorkerStartException($"Worker {worker.Number} could not be used: {error.Message}", error);

    private bool MayStart(TimeSpan now) =>
        _pausedUntil <= now && (_startAgainAt <= now || _staff.Count == 0) && !(_isShort && _staff.Starting > 0);

    private void CountFailedStart(Worker worker, Exception error, TimeSpan now)
    {
        _actions.Add(new(SchedulerActionKind.Event, Data: new WorkerStartFailed(worker.Number, error)));

        if (Broken is not null)
        {
            Pause(error, now);
            return;
        }

        // What counts is the pause before it, not how long it took: starts that each fail late would be tried for ever.
        if (now < _onProbationUntil)
            _failedStarts = _options.RestartLimit.Failures - 1;
        else if (worker.StartedAt - _lastFailedStart > _options.RestartLimit.Span)
            _failedStarts = 0;

        // Those that were under way together when the system ran out are one try, or the first burst would use up all tries at once.
        bool isExhausted = error is ResourceExhaustedException;
        if (!isExhausted || !_isShort || worker.StartedAt > _lastFailedStart)
            _failedStarts++;
        _lastFailedStart = now;
        _isShort |= isExhausted;
        if (isExhausted)
            _pausedUntil = After(now, _firstPause * Math.Pow(2, Math.Min(_failedStarts - 1, 5)));
        if (_failedStarts >= _options.RestartLimit.Failures)
        {
            if (_staff.Ready > 0)
                _startAgainAt = After(now, _options.RestartLimit.Span);
            else if (!isExhausted)
                Break(error, now);
            else if (_staff.StartingLanes == 0)
                FailQueued(error);
        }

        if (StartAgainAt > now && StartAgainAt < NextDue)
            NextDue = StartAgainAt;
    }

    private void FailQueued(Exception error)
    {
        _failedStarts = 0;
        foreach (WorkQueue queue in new[] { _door, _queue, _resting })
        {
            while (!queue.IsEmpty)
            {
                WorkItem item = queue.TakeFirst();
                item.Due = TimeSpan.MaxValue;
                if (ReferenceEquals(queue, _door))
                    _actions.Add(new(SchedulerActionKind.Refuse, Item: item, Data: error));
                _actions.Add(new(SchedulerActionKind.Fail, Item: item, Data: error));
            }
        }
    }
}
