namespace ManyHands.Pooling;

/// <content>
/// Standstills: every lane is held by an item that waits, itself or by way of what it waits for, for an item that cannot begin before a lane is free.
/// Nothing would ever move again, so the newest of those items fails, by name. Who waits for whom is looked at only while an item waits that was
/// submitted from inside of another one of this pool; it must be the same at two looks, with nothing moving in between. A wrong error is worse than none, so
/// where it is not certain who waits, it must be the same for long.
/// </content>
internal sealed partial class Scheduler
{
    private static readonly TimeSpan _standstillBeat = TimeSpan.FromMilliseconds(250);

    // An item may have submitted a hundred thousand others. Who waits for one of them waits for the newest, or for all.
    private const int MostCandidates = 64;

    private TimeSpan _standstillDue = TimeSpan.MaxValue;
    private long _moves; // items submitted, given to a lane, ended
    private long _movesSeen;
    private TimeSpan? _standsStillSince;

    private bool IsInnerWaiting => _queue.Inner + _door.Inner > 0;

    /// <summary>There may be somebody who waits for a queued item from now on.</summary>
    private void WatchForStandstill(TimeSpan now)
    {
        if (_standstillDue < TimeSpan.MaxValue || !IsInnerWaiting)
            return;
        (_movesSeen, _standsStillSince) = (_moves, null);
        SetStandstillDue(now);
    }

    private void LookForStandstill(TimeSpan now)
    {
        bool hasMoved = _moves != _movesSeen;
        if (!IsInnerWaiting || hasMoved || !StandsStill(out List<WorkItem> running, out Dictionary<WorkItem, WorkItem> heldUp, out bool isGuess))
        {
            _standsStillSince = null;
        }
        else if (_standsStillSince is not { } since)
        {
            _standsStillSince = now;
        }
        else if (!isGuess || now - since >= _options.GuessedStandstill)
        {
            _standsStillSince = null;
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
    /// <param name="heldUp">Which items hold up which; enough of them to know.</param>
    /// <param name="isGuess">It may be otherwise.</param>
    private bool StandsStill(out List<WorkItem> running, out Dictionary<WorkItem, WorkItem> heldUp, out bool isGuess)
    {
        (running, heldUp, isGuess) = ([], [], false);
        if (_staff.Serving < Limit)
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

        if (!running.TrueForAll(Outers().Contains))
            return false; // one that nobody could hold up ends by itself
        var stuck = new HashSet<WorkItem>();
        var candidates = new Dictionary<WorkItem, int>();
        foreach (WorkItem item in InnerWaiting())
        {
            if (item.OuterItem is not { } outer || stuck.Contains(outer) || (candidates[outer] = candidates.GetValueOrDefault(outer) + 1) > MostCandidates)
                continue;
            for (WorkItem one = item; !heldUp.ContainsKey(one) && one.HoldsUp(out bool guessed) is { } held; one = held)
            {
                heldUp.Add(one, held);
                stuck.Add(held);
                isGuess |= guessed;
            }
        }

        return running.TrueForAll(stuck.Contains);
    }

    /// <summary>The items from inside of which those that wait were submitted.</summary>
    private HashSet<WorkItem> Outers()
    {
        var outers = new HashSet<WorkItem>();
        foreach (WorkItem item in InnerWaiting())
        {
            for (WorkItem? outer = item.OuterItem; outer is not null && outers.Add(outer); outer = outer.OuterItem)
            {
            }
        }

        return outers;
    }

    // One alone may free nobody: who waits for several at once waits until all have ended. So the newest fails with all that hold up the same item.
    private void EndStandstill(List<WorkItem> running, Dictionary<WorkItem, WorkItem> heldUp, TimeSpan now)
    {
        var lanes = running.ToHashSet();
        WorkItem newest = InnerWaiting().Where(HoldsUpALane).MaxBy(item => item.Id.Value)!;
        WorkItem waiting = heldUp[newest];
        (TaskId, string)[] holders = [.. running.Select(item => (item.Id, item.Name))];
        foreach (WorkItem item in InnerWaiting().Where(item => ReferenceEquals(item.OuterItem, waiting) && item.HoldsUp(out _) == waiting).ToArray())
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

    /// <summary>The newest first.</summary>
    private IEnumerable<WorkItem> InnerWaiting()
    {
        foreach (WorkQueue queue in new[] { _door, _queue })
        {
            for (WorkItem? item = queue.Last; item is not null; item = item.Previous)
            {
                if (item.IsInner)
                    yield return item;
            }
        }
    }
}
