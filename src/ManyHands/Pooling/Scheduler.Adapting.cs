namespace ManyHands.Pooling;

/// <content>What may change while it runs: how many workers there are, and which of the queued items are its own.</content>
internal sealed partial class Scheduler
{
    // More would hardly be of other maps.
    private const int MostBatches = 64;

    /// <summary>Workers that may serve at once.</summary>
    public int Limit { get; private set; }

    /// <summary>Changes <see cref="Limit"/>: starts workers while something waits for them, and lets go of those that are too many once they have nothing.</summary>
    public void SetLimit(int limit, TimeSpan now)
    {
        Limit = limit;
        foreach (Worker worker in _staff.ToArray())
        {
            if (worker is { Phase: WorkerPhase.Ready, Role: WorkerRole.Serving, IsEmpty: true } && _staff.Serving > Limit)
                Stop(worker, now, WorkerEndReason.Retired);
        }

        StartWorkers(now);
    }

    /// <summary>The first items of maps that are queued.</summary>
    public IEnumerable<WorkItem> QueuedBatches
    {
        get
        {
            int left = MostBatches;
            for (WorkItem? item = _queue.First; item is not null && left > 0; item = item.Next, left--)
            {
                if (item.IsBatch)
                    yield return item;
            }
        }
    }

    /// <summary>Takes out of the queue, and from the door, what is to run elsewhere.</summary>
    public List<WorkItem> Withdraw(Predicate<WorkItem> which, TimeSpan now)
    {
        var taken = new List<WorkItem>();
        foreach (WorkQueue queue in (WorkQueue[])[_queue, _door])
        {
            for (WorkItem? item = queue.First, next; item is not null; item = next)
            {
                next = item.Next;
                if (!which(item))
                    continue;
                queue.Remove(item);
                if (ReferenceEquals(queue, _door))
                    _actions.Add(new(SchedulerActionKind.Admit, Item: item));
                taken.Add(item);
                _moves++;
            }
        }

        LetIn(now);
        CloseIfEmpty(now);
        return taken;
    }
}
