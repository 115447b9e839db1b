namespace ManyHands.Pooling;

/// <content>For executors that adapt: how many workers there are, what they are at, and items that are to run elsewhere.</content>
internal sealed partial class WorkerPool
{
    /// <summary>Changes how many workers may serve at once.</summary>
    public void SetLimit(int workers)
    {
        using var done = Enter();
        _scheduler.SetLimit(workers, _clock.Now);
    }

    /// <summary>Has the maps look that something of is queued: there may be room for more now.</summary>
    public void WakeMaps()
    {
        WorkItem[] batches;
        lock (_gate)
            batches = [.. _scheduler.QueuedBatches];
        foreach (WorkItem batch in batches)
            batch.Publish();
    }

    /// <summary>Hands over to another pool what no worker of this one has.</summary>
    /// <returns>The items.</returns>
    public List<WorkItem> Move(Predicate<WorkItem> which, WorkerPool target)
    {
        // Neither of the two is gone before the other has them: who closes both waits for this one first.
        Hold();
        target.Hold();
        List<WorkItem> items;
        using (Enter())
        {
            items = _scheduler.Withdraw(which, _clock.Now);
            foreach (WorkItem item in items)
                item.Owner = target; // who cancels it from now on asks there
        }

        foreach (WorkItem item in items)
            target.Take(item);
        target.Release();
        Release();
        return items;
    }

    private void Take(WorkItem item)
    {
        using var done = Enter();
        if (_scheduler.Closing > CloseMode.Drain)
            item.TryMarkCancelled(CancelReason.Closed);
        if (item.CancelReason != CancelReason.None) // while nobody held it
            _scheduler.Actions.Add(new(SchedulerActionKind.EndCancelled, Item: item));
        else if (_scheduler.Broken is { } broken)
            _scheduler.Actions.Add(new(SchedulerActionKind.Fail, Item: item, Data: broken.Error(_clock.Now)));
        else
            Queue(item, mayWait: true);
    }

    /// <summary>What the workers that are ready are at.</summary>
    public WorkerSight[] Look()
    {
        lock (_gate)
        {
            return [.. _scheduler.Workers.Where(worker => worker.Phase == WorkerPhase.Ready)
                .Select(worker => new WorkerSight(worker.Pid, worker.Tasks, worker.Lanes[0].Items.FirstOrDefault()?.Meter))];
        }
    }

    /// <summary>Tasks that no worker has.</summary>
    public int Queued
    {
        get
        {
            lock (_gate)
                return _scheduler.Queued;
        }
    }
}
