namespace ManyHands.Pooling;

/// <content>What becomes of workers, and of what they had when they are lost.</content>
internal sealed partial class Scheduler
{
    // Workers that may be lost so. One may well be, by a kill from outside at the wrong moment.
    private const int MostSuspicions = 3;

    public long WorkersLost { get; private set; }

    public long WorkersKilled { get; private set; }

    public long WorkersRetired { get; private set; }

    public int Abandoned { get; private set; }

    /// <summary>A worker is ready for items.</summary>
    public void WorkerReady(Worker worker, TimeSpan now)
    {
        if (worker.Phase != WorkerPhase.Starting)
            return; // killed while it started
        _staff.Move(worker, WorkerPhase.Ready);
        worker.ReadyAt = now;
        _isShort = false;
        _startTime = now - worker.StartedAt;
        _actions.Add(new(SchedulerActionKind.Event, Data: new WorkerStarted(worker.Number, worker.Pid)));
        Recover(now);
        worker.Due = TimeSpan.MaxValue;
        WatchBeats(now);
        if (worker.Role == WorkerRole.Serving)
            Serve(worker, now);
        StartWorkers(now);
        CloseIfEmpty(now, worker);
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
        bool served = worker.Role == WorkerRole.Serving;
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
                NoteRetired(worker);
                break;
            case WorkerEndReason.Abandoned:
                Abandoned++;
                break;
        }

        int first = _actions.Count; // the observer hears of the worker before it hears of what it cost
        bool blameless = SettleAll(worker, loss, now, isGone: true);
        var ended = new WorkerEnded(worker.Number, worker.Pid, worker.EndReason, loss.Detail) { Lost = [.. worker.Lost] };
        _actions.Insert(first, new(SchedulerActionKind.Event, Data: ended));

        // Ready, and dead before it ended a single task, with none to blame: as good as a start that failed. So is one that would not take any.
        if (worker.Failure is { } failure)
            CountFailedStart(worker, failure, now);
        else if (worker.EndReason == WorkerEndReason.Lost && worker.Tasks == 0 && blameless)
            CountFailedStart(worker, new WorkerStartException($"Worker {worker.Number} ended before it had done anything. {loss.Detail}"), now);
        StartWorkers(now, replace: served && worker.EndReason is WorkerEndReason.Lost or WorkerEndReason.Killed or WorkerEndReason.Abandoned);
        CloseIfEmpty(now);
    }

    /// <summary>Ends what a lost worker had begun, and puts the rest back.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="loss">What is known about its end.</param>
    /// <param name="now">The time.</param>
    /// <param name="isGone">
    /// Else it was killed and none of its work runs any more, but what it sent last may yet be read: an item that may run again waits for that.
    /// </param>
    /// <returns>True where it had begun nothing, and nothing is suspected to have ended it.</returns>
    private bool SettleAll(Worker worker, WorkerLoss loss, TimeSpan now, bool isGone)
    {
        var requeue = new List<WorkItem>();
        NoteNeighbours(worker);
        foreach (Lane lane in worker.Lanes)
        {
            WorkItem? next = lane.Items.FirstOrDefault();
            foreach (WorkItem item in lane.Items.ToArray())
            {
                int begun = Math.Min(worker.Begun(item), item.Count);
                bool isSuspect = worker.EndReason == WorkerEndReason.Lost && ReferenceEquals(item, next);
                worker.IsToBlame |= begun > 0 || (isSuspect && item.Suspicions > 0);
                if (isGone || !CouldRunAgain(item, begun))
                    Settle(lane, item, begun, isSuspect, loss, requeue, now);
            }
        }

        Requeue(requeue, now);
        return !worker.IsToBlame;
    }

    private void WorkerDue(Worker worker, TimeSpan now)
    {
        bool isLate = now > worker.Due + (_farewell / 2);
        worker.Due = TimeSpan.MaxValue;
        switch (worker.Phase)
        {
            case WorkerPhase.Starting: // not ready in time
                worker.MissedStartLimit = true;
                Kill(worker, Closing is null || !_queue.IsEmpty ? WorkerEndReason.Lost : WorkerEndReason.Closed, now);
                break;
            case WorkerPhase.Stopping: // was asked to end and did not
                Kill(worker, worker.EndReason, now);
                break;
            case WorkerPhase.Killed when isLate: // this process did not run, so what the worker sent may lie unread
                SetDue(worker, After(now, _farewell));
                break;
            case WorkerPhase.Killed when worker.LossSoFar is { } loss: // the system takes its time to end it
                SettleAll(worker, loss, now, isGone: false);
                if (!worker.IsEmpty)
                    break;
                _staff.Dismiss(worker);
                StartWorkers(now, replace: worker.EndReason is WorkerEndReason.Lost or WorkerEndReason.Killed);
                break;
            case WorkerPhase.Ready:
                ReadyWorkerDue(worker, now);
                break;
        }
    }
}
