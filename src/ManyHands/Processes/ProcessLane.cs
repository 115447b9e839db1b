using System.Buffers.Binary;
using ManyHands.Payloads;
using ManyHands.Pooling;
using ManyHands.Protocol;
using ManyHands.Transports;

namespace ManyHands.Processes;

/// <summary>
/// The parent's side of one lane: sends items, matches what comes back, and knows by the begun marks how far each has come. Sending is
/// called under the pool's lock; receiving is a thread of its own.
/// </summary>
internal sealed class ProcessLane
{
    private readonly Lane _lane;
    private readonly Connection _connection;
    private readonly LaneMemory? _memory;
    private readonly LaneOutbox _outbox;
    private readonly FrameReader _reader;
    private readonly PayloadWriter _definition = new();
    private readonly Dictionary<WorkReference, ushort> _work = [];
    private readonly Dictionary<CallContext, ushort> _contexts = [];

    // By sequence number modulo the slots; written under the pool's lock, read by the thread that receives.
    private readonly WorkItem?[] _items = new WorkItem?[LaneMemory.Slots];
    private uint _sequence;

    public ProcessLane(Lane lane, Connection connection, LaneMemory? memory)
    {
        _lane = lane;
        _connection = connection;
        _memory = memory;
        _outbox = new LaneOutbox(connection, $"ManyHands worker {lane.Worker.Number} sender");
        _reader = new FrameReader(connection.Receive);
    }

    public FrameReader Reader => _reader;

    // ---- Sending.

    public void Dispatch(WorkItem item)
    {
        ushort work = Number(_work, item.Reference!, FrameKind.DefineWork, static (reference, output) => reference.Write(output));
        ushort context = Number(_contexts, item.Context!, FrameKind.DefineContext, static (context, output) =>
        {
            output.WriteText(context.Culture);
            output.WriteText(context.UICulture);
        });

        // Items that were cancelled before they began leave the lane at once, so the numbers can lap one that runs for long.
        do
            item.Sequence = ++_sequence;
        while (Volatile.Read(ref _items[Slot(item)]) is not null);
        int slot = Slot(item);
        Volatile.Write(ref Mark(item), Claim.Open(item.Sequence, item.Count));
        Volatile.Write(ref _items[slot], item);
        var header = new FrameHeader(FrameKind.Run, 0, (ushort)slot, item.Id.Value, new RunNumber(item.Sequence, work, context).ToInt64());
        if (item.Count == 1)
            _outbox.Add(header, item.IsBatch ? item.WriteArguments()[sizeof(int)..] : item.WriteArguments());
        else
            _outbox.Add(header with { Kind = FrameKind.RunBatch }, Batch(item));
    }

    public void Flush() => _outbox.Flush();

    public int TakeBack(WorkItem item, int leave)
    {
        if (_memory is null)
            return item.Count; // it may have begun, for all that is known here
        int cut = Claim.TakeBack(ref Mark(item), leave);
        if (cut == 0)
            Volatile.Write(ref _items[Slot(item)], null);
        return cut;
    }

    public int Begun(WorkItem item) => Claim.Begun(Volatile.Read(ref Mark(item)));

    // ---- Receiving.

    /// <summary>Handles a frame about a task.</summary>
    /// <param name="header">Its header; the body is the reader's.</param>
    /// <param name="ended">Gets the item where the frame ends it.</param>
    public void Receive(FrameHeader header, List<(WorkItem Item, TimeSpan Elapsed)> ended)
    {
        if (Find(header) is not { } item)
            return; // ended already, or none of ours
        var elapsed = TimeSpan.FromTicks(Math.Max(0, header.Number));
        switch (header.Kind)
        {
            case FrameKind.Begun:
                Volatile.Write(ref item.Word, Claim.Open(item.Sequence, 1) + (1L << 16));
                return;
            case FrameKind.Result:
                item.Complete(0, _reader.Body);
                item.Measured(1, elapsed);
                break;
            case FrameKind.Failed:
                item.FailRemotely(0, RemoteFailure.Read(_reader.Body));
                item.Measured(1, elapsed);
                break;
            case FrameKind.BatchResults:
                ReadOnlySpan<byte> body = _reader.Body;
                if (body.Length < 2 * sizeof(int))
                    throw new ProtocolException("a batch of results has no head");
                int first = BinaryPrimitives.ReadInt32LittleEndian(body), count = BinaryPrimitives.ReadInt32LittleEndian(body[4..]);
                CompleteBatch(item, first, count, body[8..]);
                item.Measured(count, elapsed);
                return;
            case FrameKind.BatchEnd:
                break;
            default:
                throw new ProtocolException($"{header.Kind} was received on a lane");
        }

        Volatile.Write(ref _items[header.Slot], null);
        ended.Add((item, elapsed));
    }

    /// <summary>Takes the results that the worker had, and had not sent, when it died.</summary>
    public void ReadJournal()
    {
        if (_memory is null)
            return;
        var journal = new BatchJournal(_memory.Journal(_lane.Index));
        long task = journal.Task;
        WorkItem? item = Array.Find(_items, item => item?.Id.Value == task);
        int used = journal.Used;
        if (item is null || journal.Count == 0 || used < 0 || used > journal.Entries.Length)
            return;
        try
        {
            CompleteBatch(item, journal.First, journal.Count, journal.Entries[..used]);
        }
        catch (ProtocolException)
        {
            // It died in a way that spoiled its memory. What could be read counts; the rest had begun and is lost with it.
        }
    }

    public void End()
    {
        _connection.End();
        _outbox.End();
    }

    private static void CompleteBatch(WorkItem item, int first, int count, ReadOnlySpan<byte> bytes)
    {
        if (first < 0 || count < 0 || first + count > Claim.MaxCount)
            throw new ProtocolException($"results {first} to {first + count} were received for a batch");
        var entries = new BatchEntries(bytes);
        for (int index = first; index < first + count; index++)
        {
            ReadOnlySpan<byte> value = entries.Next(out bool succeeded);
            if (index >= item.Count)
                throw new ProtocolException($"result {index} was received for a batch of {item.Count}");
            if (succeeded)
                item.Complete(index, value);
            else
                item.FailRemotely(index, RemoteFailure.Read(value));
        }
    }

    private WorkItem? Find(FrameHeader header)
    {
        WorkItem? item = header.Slot < LaneMemory.Slots ? Volatile.Read(ref _items[header.Slot]) : null;
        return item is not null && item.Id.Value == header.Task ? item : null;
    }

    private ushort Number<T>(Dictionary<T, ushort> known, T what, FrameKind kind, Action<T, PayloadWriter> write) where T : notnull
    {
        if (known.TryGetValue(what, out ushort number))
            return number;
        if (known.Count == ushort.MaxValue)
            known.Clear(); // the worker takes the numbers' new meanings as they come
        number = (ushort)known.Count;
        known.Add(what, number);
        _definition.Clear();
        write(what, _definition);
        _outbox.Add(new FrameHeader(kind, Number: number), _definition.WrittenSpan.ToArray());
        return number;
    }

    // Without shared memory the mark is kept here, and the worker's Begun frames move it.
    private ref long Mark(WorkItem item)
    {
        if (_memory is null)
            return ref item.Word;
        return ref _memory.Mark(_lane.Index, Slot(item));
    }

    private static int Slot(WorkItem item) => (int)(item.Sequence % LaneMemory.Slots);

    private static ReadOnlyMemory<byte> Batch(WorkItem item)
    {
        ReadOnlyMemory<byte> arguments = item.WriteArguments();
        byte[] body = new byte[sizeof(int) + arguments.Length];
        BinaryPrimitives.WriteInt32LittleEndian(body, item.Count);
        arguments.Span.CopyTo(body.AsSpan(sizeof(int)));
        return body;
    }
}
