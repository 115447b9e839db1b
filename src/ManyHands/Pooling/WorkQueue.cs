namespace ManyHands.Pooling;

/// <summary>Items in order, each removable at once: a linked list through the items themselves.</summary>
internal sealed class WorkQueue : IHolder
{
    private WorkItem? _first;
    private WorkItem? _last;

    /// <summary>Tasks in the queue; an item of a map counts for each of its tasks.</summary>
    public int Tasks { get; private set; }

    /// <summary>Bytes of encoded arguments in the queue.</summary>
    public long Bytes { get; private set; }

    /// <summary>Items in the queue that were submitted from inside of items of the same pool.</summary>
    public int Inner { get; private set; }

    public bool IsEmpty => _first is null;

    public WorkItem? First => _first;

    public WorkItem? Last => _last;

    public void AddLast(WorkItem item)
    {
        Add(item);
        item.Previous = _last;
        if (_last is null)
            _first = item;
        else
            _last.Next = item;
        _last = item;
    }

    public void AddFirst(WorkItem item)
    {
        Add(item);
        item.Next = _first;
        if (_first is null)
            _last = item;
        else
            _first.Previous = item;
        _first = item;
    }

    public WorkItem TakeFirst()
    {
        WorkItem item = _first ?? throw new InvalidOperationException("The queue is empty.");
        Remove(item);
        return item;
    }

    public void Remove(WorkItem item)
    {
        if (item.Previous is null)
            _first = item.Next;
        else
            item.Previous.Next = item.Next;
        if (item.Next is null)
            _last = item.Previous;
        else
            item.Next.Previous = item.Previous;
        item.Next = item.Previous = null;
        item.Holder = null;
        Tasks -= item.Count;
        Bytes -= item.ArgumentBytes;
        Inner -= item.IsInner ? 1 : 0;
    }

    private void Add(WorkItem item)
    {
        item.Holder = this;
        Tasks += item.Count;
        Bytes += item.ArgumentBytes;
        Inner += item.IsInner ? 1 : 0;
    }
}
