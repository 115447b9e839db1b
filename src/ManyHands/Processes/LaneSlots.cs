using ManyHands.Protocol;
using ManyHands.Transports;

namespace ManyHands.Processes;

/// <summary>
/// The parent's own view of a lane: which items are open, in which order they were sent, how many results of each have been read, and how far each may
/// go. The begun marks lie where the worker can write, so they are believed only as far as they agree with it.
/// </summary>
/// <remarks>Items are opened and taken back under the pool's lock; frames are matched, and marks are looked over, by the thread that receives.</remarks>
internal sealed class LaneSlots(LaneMemory? memory, int lane, Action<Exception> broken)
{
    // A worker that begins the shortest tasks moves its mark every hundred nanoseconds; only one that wants to keeps this side from ever hitting it.
    private const int MostTries = 1000;

    private readonly Lock _gate = new(); // what is taken back is so for the thread that receives as soon as it is for the worker
    private readonly Entry[] _entries = new Entry[LaneMemory.Slots];
    private uint _sent;
    private uint _passed; // everything up to here has ended; of the thread that receives

    // ---- Under the pool's lock.

    /// <summary>Takes in an item that is about to be sent.</summary>
    /// <returns>Its slot.</returns>
    public int Open(WorkItem item)
    {
        // Items that were cancelled before they began leave the lane at once, so the numbers can lap one that runs for long.
        do
            item.Sequence = ++_sent;
        while (Volatile.Read(ref Of(item).Item) is not null);
        ref Entry entry = ref Of(item);
        Volatile.Write(ref Mark(item), Claim.Open(item.Sequence, item.Count));
        (entry.Sequence, entry.End, entry.Results) = (item.Sequence, item.Count, 0);
        Volatile.Write(ref entry.Item, item);
        return (int)(item.Sequence % LaneMemory.Slots);
    }

    /// <summary>Takes back what has not begun; see <see cref="Pooling.Worker.TakeBack"/>. Where the mark cannot be believed, nothing.</summary>
    public int TakeBack(WorkItem item, int leave)
    {
        if (memory is null)
            return item.Count; // it may have begun, for all that is known here
        using (Uninterrupted.Hold(_gate))
        {
            ref Entry entry = ref Of(item);
            if (!ReferenceEquals(entry.Item, item))
                return item.Count; // it has ended
            ref long mark = ref Mark(item);
            for (int i = 0; i < MostTries; i++)
            {
                int results = Volatile.Read(ref entry.Results); // first: it can only grow behind the mark
                long seen = Volatile.Read(ref mark);
                if (!IsBelievable(entry, seen, results))
                    break;
                int cut = Math.Min(Claim.Begun(seen) + leave, entry.End);
                if (Interlocked.CompareExchange(ref mark, Claim.WithEnd(seen, cut), seen) != seen)
                    continue;
                entry.End = cut;
                if (cut == 0)
                    Volatile.Write(ref entry.Item, null);
                return cut;
            }
        }

        broken(Overwritten(item));
        return item.Count;
    }

    /// <summary>How many tasks of an item have begun; where the mark cannot be believed, those with a result and the next one.</summary>
    public int Begun(WorkItem item)
    {
        ref Entry entry = ref Of(item);
        if (!ReferenceEquals(Volatile.Read(ref entry.Item), item))
            return item.Count; // it has ended
        int results = Volatile.Read(ref entry.Results);
        long mark = Volatile.Read(ref Mark(item));
        return IsBelievable(entry, mark, results) ? Claim.Begun(mark) : Math.Min(results + 1, entry.End);
    }

    // ---- By the thread that receives.

    /// <summary>The item that a frame is about, in whatever order; null where the lane does not have it.</summary>
    public WorkItem? Find(FrameHeader header)
    {
        WorkItem? item = header.Slot < LaneMemory.Slots ? Volatile.Read(ref _entries[header.Slot].Item) : null;
        return item is not null && item.Id.Value == header.Task ? item : null;
    }

    /// <summary>The item that a frame is about: the oldest that is open, since a lane ends one after the other.</summary>
    /// <exception cref="ProtocolException">The lane does not have it, or an earlier one has not ended.</exception>
    public WorkItem Next(FrameHeader header)
    {
        WorkItem item = Find(header) ?? throw new ProtocolException($"{header.Kind} was received about task {header.Task}, which the lane does not have");
        uint sequence = _entries[header.Slot].Sequence;
        for (uint next = _passed + 1; next != sequence; _passed = next++)
        {
            ref Entry entry = ref _entries[next % LaneMemory.Slots];
            if (IsEarlier(entry, sequence) && IsEarlierYet(next, sequence))
                throw new ProtocolException($"{header.Kind} was received about task {header.Task} before task {entry.Item?.Id}, sent earlier, had ended");
        }

        return item;
    }

    /// <summary>The worker says that a task begins, where there are no marks.</summary>
    public void Begins(WorkItem item)
    {
        if (memory is not null || Claim.Begun(item.Word) > 0)
            throw new ProtocolException($"{FrameKind.Begun} was received about task {item.Id}, which had begun");
        Volatile.Write(ref item.Word, Claim.Open(item.Sequence, 1) + (1L << 16));
    }

    /// <summary>The index of a batch's result, which is that of the next task.</summary>
    public int NextIndex(FrameHeader header)
    {
        ref Entry entry = ref _entries[header.Slot];
        if (header.Number != entry.Results || entry.Results >= entry.End)
            throw new ProtocolException($"result {header.Number} of a batch was received, of which {entry.End} were to come and {entry.Results} had");
        Volatile.Write(ref entry.Results, entry.Results + 1);
        return (int)header.Number;
    }

    /// <summary>The item has ended.</summary>
    public void Close(FrameHeader header) => Volatile.Write(ref _entries[header.Slot].Item, null);

    /// <summary>The same for a batch, once its last result has come. What was taken back of it, which the item may not know yet, is somebody else's.</summary>
    public void CloseBatch(FrameHeader header)
    {
        ref Entry entry = ref _entries[header.Slot];
        using (Uninterrupted.Hold(_gate))
        {
            if (entry.Results != entry.End)
                throw new ProtocolException("the end of a batch was received before all its results");
            Close(header);
        }
    }

    /// <summary>Looks whether the marks can be what they are. A worker passes over what a wrong mark says is not its own, and never speaks of it.</summary>
    public void LookOver()
    {
        if (memory is null)
            return;
        using (Uninterrupted.Hold(_gate))
        {
            foreach (ref Entry entry in _entries.AsSpan())
            {
                if (Volatile.Read(ref entry.Item) is { } item && !IsBelievable(entry, Volatile.Read(ref memory.Mark(lane, (int)(entry.Sequence % LaneMemory.Slots))), entry.Results))
                    throw Overwritten(item);
            }
        }
    }

    private static ProtocolException Overwritten(WorkItem item) => new($"the begun mark of task {item.Id} ({item.Name}) was overwritten");

    // Only this side moves the end and the generation, and a task begins before its result comes.
    private static bool IsBelievable(in Entry entry, long mark, int results) =>
        (uint)(mark >> 32) == entry.Sequence && Claim.End(mark) == entry.End && Claim.Begun(mark) >= results && Claim.Begun(mark) <= entry.End;

    private bool IsEarlierYet(uint next, uint sequence)
    {
        using (Uninterrupted.Hold(_gate)) // it may just be taken back
            return IsEarlier(_entries[next % LaneMemory.Slots], sequence);
    }

    private static bool IsEarlier(in Entry entry, uint sequence) => Volatile.Read(in entry.Item) is not null && (int)(entry.Sequence - sequence) < 0;

    private ref Entry Of(WorkItem item) => ref _entries[item.Sequence % LaneMemory.Slots];

    // Without shared memory the mark is kept here, and the worker's Begun frames move it.
    private ref long Mark(WorkItem item)
    {
        if (memory is null)
            return ref item.Word;
        return ref memory.Mark(lane, (int)(item.Sequence % LaneMemory.Slots));
    }

    private struct Entry
    {
        public WorkItem? Item;
        public uint Sequence;
        public int End;
        public int Results;
    }
}
