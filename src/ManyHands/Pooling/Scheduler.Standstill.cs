namespace ManyHands.Pooling;

/// <content>
/// Standstills: every lane is held by an item that waits, itself or by way of what it waits for, for an item that cannot begin before a lane is free.
/// Nothing would ever move again, so the newest of those items fails, by name. Who waits for whom is looked at only while an item waits that was
/// submitted from inside of another one of this pool; it must be the same at two looks, with nothing moving in between.
/// </content>
internal sealed partial class Scheduler
{
    private static readonly TimeSpan _standstillBeat = TimeSpan.FromMilliseconds(250);

    private TimeSpan _standstillDue = TimeSpan.MaxValue;
    private long _moves; // items submitted, given to a lane, ended
    private long _movesSeen;
    private bool _stoodStill;

    private bool IsInnerWaiting => _queue.Inner + _door.Inner > 0;

    /// <summary>There may be somebody who waits for a queued item from now on.</summary>
    private void WatchForStandstill(TimeSpan now)
    {
        if (_standstillDue < TimeSpan.MaxValue || !IsInnerWaiting)
            return;
        (_movesSeen, _stoodStill) = (_moves, false);
        SetStandstillDue(now);
    }

    private void LookForStandstill(TimeSpan now)
    {
        bool hasMoved = _moves != _movesSeen;
        if (!IsInnerWaiting || hasMoved || !StandsStill(out List<WorkItem> running, out Dictionary<WorkItem, WorkItem> heldUp))
        {
            _stoodStill = false;
        }
        else if (!_stoodStill)
        {
            _stoodStill = true;
        }
        else
        {
            _stoodStill = false;
            EndStandstill(running, heldUp, now);
        }

        _movesSeen = _moves;
        _standstillDue = TimeSpan.MaxValue;
        if (IsInnerWaiting)
            SetStandstillDue(now);
    }

    private void SetStandstillDue(TimeSpan now)
    {
        _standstillDue = now + _standstillBeat;
        NextDue = _standstillDue < NextDue ? _standstillDue : NextDue;
    }

    /// <summary>No lane will ever be free, as far as this pool can see.</summary>
    /// <param name="running">What the lanes are at.</param>
    /// <param name="heldUp">Which items hold up which.</param>
    private bool StandsStill(out List<WorkItem> running, out Dictionary<WorkItem, WorkItem> heldUp)
    {
        (running, heldUp) = ([], []);
        if (_staff.Serving < _options.Workers)
            return false;
        foreach (Worker worker in _staff)
        {
            if (worker.Role != WorkerRole.Serving)
                continue;
            if (worker.Phase is not (WorkerPhase.Ready or WorkerPhase.Retiring))
                return false; // another may take its place
            foreach (Lane lane in worker.Lanes)
            {
                if (lane.Items.Count == 0 || lane.Items[0].CancelReason != CancelReason.None)
                    return false; // one that is being cancelled gives up its lane in the end
                running.Add(lane.Items[0]);
            }
        }

        foreach (WorkItem item in InnerWaiting())
        {
            for (WorkItem one = item; !heldUp.ContainsKey(one) && one.HoldsUp() is { } outer; one = outer)
                heldUp.Add(one, outer);
        }

        var stuck = heldUp.Values.ToHashSet();
        return running.TrueForAll(stuck.Contains);
    }

    // One alone may free nobody: who waits for several at once waits until all have ended. So the newest fails with all that hold up the same item.
    private void EndStandstill(List<WorkItem> running, Dictionary<WorkItem, WorkItem> heldUp, TimeSpan now)
    {
        var lanes = running.ToHashSet();
        WorkItem newest = InnerWaiting().Where(HoldsUpALane).MaxBy(item => item.Id.Value)!;
        WorkItem waiting = heldUp[newest];
        (TaskId, string)[] holders = [.. running.Select(item => (item.Id, item.Name))];
        foreach (WorkItem item in InnerWaiting().Where(item => heldUp.GetValueOrDefault(item) == waiting).ToArray())
        {
            var queue = (WorkQueue)item.Holder!;
            var error = new ExecutorDeadlockException(item.Id, item.Name, holders);
            queue.Remove(item);
            _moves++;
            if (ReferenceEquals(queue, _door))
                _actions.Add(new(SchedulerActionKind.Refuse, Item: item, Data: error));
            _actions.Add(new(SchedulerActionKind.Fail, Item: item, Data: error));
        }

        LetIn(now);
        CloseIfEmpty(now);

        bool HoldsUpALane(WorkItem item)
        {
            for (WorkItem? outer = heldUp.GetValueOrDefault(item); outer is not null; outer = heldUp.GetValueOrDefault(outer))
            {
                if (lanes.Contains(outer))
                    return true;
            }

            return false;
        }
    }

    private IEnumerable<WorkItem> InnerWaiting()
    {
        foreach (WorkQueue queue in new[] { _queue, _door })
        {
            for (WorkItem? item = queue.First; item is not null; item = item.Next)
            {
                if (item.IsInner)
                    yield return item;
            }
        }
    }
}
