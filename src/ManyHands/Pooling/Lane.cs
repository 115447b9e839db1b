namespace ManyHands.Pooling;

/// <summary>One slot of a worker: runs one item at a time; further items may lie ready behind it.</summary>
internal sealed class Lane(Worker worker, int index) : IHolder
{
    public Worker Worker { get; } = worker;

    public int Index { get; } = index;

    /// <summary>Items that it has and that have not been reported as ended, in the order in which it runs them.</summary>
    public List<WorkItem> Items { get; } = [];

    /// <summary>When the last item ended in it. In the pool's time.</summary>
    public TimeSpan LastEnd { get; set; }

    /// <summary>Bytes of encoded arguments among them.</summary>
    public long Bytes { get; private set; }

    /// <summary>It is on the scheduler's list of idle lanes; see <see cref="IdleLanes"/>, which owns this and the next two.</summary>
    public bool IsListedIdle { get; set; }

    public Lane? AboveIdle { get; set; }

    public Lane? BelowIdle { get; set; }

    /// <summary>It has more than it is running: something may be taken back.</summary>
    public bool HasSurplus { get; private set; }

    public void Add(WorkItem item)
    {
        item.Holder = this;
        Items.Add(item);
        Bytes += item.ArgumentBytes;
        SetSurplus();
    }

    public void Remove(WorkItem item)
    {
        item.Holder = null;
        Items.Remove(item);
        Bytes -= item.ArgumentBytes;
        SetSurplus();
    }

    /// <summary>Keeps only what comes before <paramref name="cut"/> of an item; returns the rest, which may be all of it.</summary>
    public WorkItem Cut(WorkItem item, int cut)
    {
        if (cut == 0)
        {
            Remove(item);
            return item;
        }

        long bytes = item.ArgumentBytes;
        WorkItem rest = item.TakeRest(cut)!;
        Bytes -= bytes - item.ArgumentBytes;
        SetSurplus();
        return rest;
    }

    private void SetSurplus() => HasSurplus = Items.Count > 1 || (Items.Count == 1 && Items[0].Count > 1);
}
