namespace ManyHands.Pooling;

/// <content>What becomes of a task whose worker is lost: it fails, or is run again, at once or after a delay.</content>
internal sealed partial class Scheduler
{
    /// <summary>Notes whether a lost worker was running several tasks, while it still has them.</summary>
    private static void NoteNeighbours(Worker worker) =>
        worker.RanSeveral |= worker.Lanes.Count(lane => lane.Items.Exists(item => worker.Begun(item) > 0)) > 1;

    /// <summary>Parts what a lost worker had begun from what it had not.</summary>
    private void Settle(Lane lane, WorkItem item, int begun, bool isSuspect, WorkerLoss loss, List<WorkItem> requeue, TimeSpan now)
    {
        bool isNextSuspect = isSuspect && begun > 0 && item.HasEnded(begun - 1);
        item.Suspicions = begun > 0 ? 0 : item.Suspicions + (isSuspect ? 1 : 0);
        bool isPoison = item.Suspicions >= MostSuspicions;
        if (isPoison)
        {
            begun = 1; // for all that anybody can tell
            item.Attempt = item.Suspicions;
        }

        bool runsAgain = !isPoison && MayRunAgain(lane.Worker, item, begun, loss);
        TimeSpan ran = now - (lane.LastEnd > item.GivenAt ? lane.LastEnd : item.GivenAt);
        RemoveFrom(lane, item);
        if (begun == 0)
        {
            item.Attempt--; // it never ran
            requeue.Add(item);
            return;
        }

        if (item.CancelReason == CancelReason.None && loss.Attempt(item.Attempt, ran) is { } lost)
            NoteLost(item, begun, lost, runsAgain);
        if (runsAgain)
        {
            RunAgain(item, requeue, now);
            return;
        }

        WorkItem? rest = item.TakeRest(begun);
        if (rest is not null && isNextSuspect)
            rest.Suspicions = 1;
        if (item.CancelReason == CancelReason.None)
        {
            lane.Worker.Lost.Add(item.Id);
            _actions.Add(new(SchedulerActionKind.FailLost, lane.Worker, lane, item, loss));
        }
        else
        {
            _actions.Add(new(SchedulerActionKind.EndCancelled, Item: item, Data: loss.Known));
        }

        if (rest is null)
            return;
        if (item.CancelReason != CancelReason.None)
            rest.TryMarkCancelled(item.CancelReason);
        requeue.Add(rest);
    }

    /// <summary>A task that was the next to begin whenever a worker was lost is taken to have begun, at last: what the worker says about that lies in its own hands.</summary>
    private static bool IsPoison(Worker worker, WorkItem item) =>
        worker.EndReason == WorkerEndReason.Lost && item.Holder is Lane lane && ReferenceEquals(lane.Items[0], item) && item.Suspicions + 1 >= MostSuspicions;

    private void NoteLost(WorkItem item, int begun, LostAttempt lost, bool runsAgain)
    {
        item.LostAttempts = [.. item.LostAttempts, lost];
        TimeSpan delay = runsAgain ? item.Options.Retry!.DelayAfter(item.Attempt) : TimeSpan.Zero;
        for (int i = 0; i < begun; i++)
        {
            if (!item.HasEnded(i))
                _actions.Add(new(SchedulerActionKind.Event, Item: item, Data: new AttemptLost(item.Id, item.Name, lost, runsAgain, delay)));
        }
    }

    private void RunAgain(WorkItem item, List<WorkItem> requeue, TimeSpan now)
    {
        TimeSpan delay = item.Options.Retry!.DelayAfter(item.Attempt);
        if (delay == TimeSpan.Zero || Broken is not null)
        {
            requeue.Add(item);
            return;
        }

        _resting.AddLast(item);
        SetDue(item, After(now, delay));
    }

    /// <summary>Puts tasks whose delay is over back at the head of the queue.</summary>
    private void TryResting(TimeSpan now)
    {
        var due = new List<WorkItem>();
        for (WorkItem? item = _resting.First, next; item is not null; item = next)
        {
            next = item.Next;
            if (item.Due > now)
                continue;
            _resting.Remove(item);
            item.Due = TimeSpan.MaxValue;
            due.Add(item);
        }

        if (due.Count == 0)
            return;
        Requeue(due, now);
        CloseIfEmpty(now);
    }

    /// <summary>Its submission allows another attempt, if the cause is one after which it does.</summary>
    private static bool CouldRunAgain(WorkItem item, int begun) => begun == 1 && item.Count == 1 && !item.HasEnded(0)
        && item.CancelReason == CancelReason.None && item.Attempt < item.Options.Attempts;

    private static bool MayRunAgain(Worker worker, WorkItem item, int begun, WorkerLoss loss)
    {
        if (!CouldRunAgain(item, begun))
            return false;
        return loss.Attempt(item.Attempt, TimeSpan.Zero) is not { } lost || item.Options.Retry!.Includes(lost.Cause) || worker.RanSeveral;
    }
}
