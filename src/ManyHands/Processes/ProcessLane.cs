using System.Buffers.Binary;
using System.Diagnostics;
using ManyHands.Completions;
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
    private static readonly TimeSpan _longestUnseen = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan _worthASpin = TimeSpan.FromMicroseconds(2); // for each result
    private static readonly TimeSpan _worthADoze = TimeSpan.FromMicroseconds(250); // it lasts a millisecond, whatever comes

    private readonly Lane _lane;
    private readonly Connection _connection;
    private readonly LaneMemory? _memory;
    private readonly Action<WorkReference, PayloadWriter> _defineWork;
    private readonly LaneOutbox _outbox;
    private readonly FrameReader _reader;
    private readonly PayloadWriter _definition = new();
    private readonly Dictionary<WorkReference, ushort> _work = [];
    private readonly Dictionary<CallContext, ushort> _contexts = [];

    // By sequence number modulo the slots; written under the pool's lock, read by the thread that receives.
    private readonly WorkItem?[] _items = new WorkItem?[LaneMemory.Slots];
    private uint _sequence;

    private WorkItem? _reading; // the batch that results were read of and not shown
    private long _shownAt;
    private int _readSinceShown;

    /// <summary>Makes the parent's side of a lane.</summary>
    /// <param name="lane">Of the pool.</param>
    /// <param name="connection">To the worker.</param>
    /// <param name="memory">Begun marks, where the transport has shared memory.</param>
    /// <param name="given">Is told what is run there for the first time.</param>
    public ProcessLane(Lane lane, Connection connection, LaneMemory? memory, Action<WorkReference> given)
    {
        _defineWork = (reference, output) =>
        {
            given(reference);
            reference.Write(output);
        };
        _lane = lane;
        _connection = connection;
        _memory = memory;
        _outbox = new LaneOutbox(connection, $"ManyHands worker {lane.Worker.Number} sender");
        _reader = new FrameReader(connection.Receive) { LargeValues = header => header.Kind == FrameKind.Result ? Find(header)?.LargeResult(header.Length) : null };
    }

    public FrameReader Reader => _reader;

    // ---- Sending.

    public void Dispatch(WorkItem item)
    {
        ushort work = Number(_work, item.Reference!, FrameKind.DefineWork, _defineWork);
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
    /// <param name="endings">Gets the item where the frame ends it.</param>
    public void Receive(FrameHeader header, List<Ending> endings)
    {
        if (header.Kind is < FrameKind.Begun or > FrameKind.BatchEnd)
            throw new ProtocolException($"{header.Kind} was received on a lane");
        if (Find(header) is not { } item)
            return; // ended already, or none of ours
        if (header.Kind is FrameKind.Begun or FrameKind.Result or FrameKind.Failed && item.Count > 1)
            throw new ProtocolException($"{header.Kind} was received for a batch of {item.Count}");
        var elapsed = TimeSpan.FromTicks(Math.Max(0, header.Number));
        switch (header.Kind)
        {
            case FrameKind.Begun:
                Volatile.Write(ref item.Word, Claim.Open(item.Sequence, 1) + (1L << 16));
                return;
            case FrameKind.Result:
                if (_reader.Large is { } large)
                    item.Complete(large);
                else
                    Complete(item, 0, header.Length);
                _reader.ForgetLarge();
                item.ShowResults();
                Measured(item, 1, elapsed);
                break;
            case FrameKind.Failed:
                FailRemotely(item, 0);
                Measured(item, 1, elapsed);
                break;
            case FrameKind.BatchResult:
                Complete(item, Index(header, item), header.Length);
                _reading = item;
                _readSinceShown++;
                return;
            case FrameKind.BatchFailed:
                FailRemotely(item, Index(header, item));
                return;
            case FrameKind.BatchEnd:
                item.ShowResults();
                _reading = null; // whoever reads this publishes the whole item
                if (!IsComplete(item))
                    throw new ProtocolException("the end of a batch was received before all its results");
                Measured(item, item.Count, elapsed);
                break;
        }

        Volatile.Write(ref _items[header.Slot], null);
        endings.Add(new Ending(item, elapsed));
    }

    private void Measured(WorkItem item, int count, TimeSpan elapsed)
    {
        item.Measured(count, elapsed);
        if (item.Meter is { } meter && _lane.Worker.Pid is { } pid)
            meter.Ran(count, elapsed, pid);
    }

    /// <summary>
    /// Lets the results of a batch be seen that were read so far. Waking who waits for them costs more than a hundred tiny tasks, so that is done when no
    /// more come for a moment, or at the end of the batch, and every millisecond. Where results come slower than a microsecond or two, nobody stays awake for
    /// each: on a machine whose cores all compute, whoever waits awake takes from those that work (bench/advice, tiny).
    /// </summary>
    public void ShowResults()
    {
        if (_reading is null)
            return;
        _reading.ShowResults();
        TimeSpan unseen = Stopwatch.GetElapsedTime(_shownAt);
        bool isFast = unseen < _worthASpin * _readSinceShown;
        if (unseen < (isFast ? _longestUnseen : _worthADoze) && (isFast ? _connection.SpinForBytes() : _connection.DozeForBytes()))
            return;
        ShowAllResults();
        _shownAt = Stopwatch.GetTimestamp();
        _readSinceShown = 0;
    }

    /// <summary>The same, at once.</summary>
    public void ShowAllResults()
    {
        _reading?.ShowResults();
        _reading?.Publish();
        _reading = null;
    }

    private void FailRemotely(WorkItem item, int index)
    {
        var failure = RemoteFailure.Read(_reader.Body);
        item.RanOutOfMemory |= failure.IsOutOfMemory; // the pool looks when the item has ended
        item.FailRemotely(index, failure);
    }

    public void End()
    {
        _connection.End();
        _outbox.End();
    }

    private void Complete(WorkItem item, int index, int length)
    {
        if (!_reader.IsBodyLost)
        {
            try
            {
                item.Complete(index, _reader.Body);
                return;
            }
            catch (OutOfMemoryException)
            {
                // No room for a second copy of it: below.
            }
        }

        item.FailOne(index, Payload.NoMemory(length, PayloadSide.ParentResult));
    }

    // As far as the mark goes: what was taken back, which the item may not know yet, is somebody else's.
    private bool IsComplete(WorkItem item)
    {
        int end = Math.Min(Claim.End(Volatile.Read(ref Mark(item))), item.Count);
        for (int i = 0; i < end; i++)
        {
            if (!item.HasEnded(i))
                return false;
        }

        return true;
    }

    private static int Index(FrameHeader header, WorkItem item) => header.Number >= 0 && header.Number < item.Count
        ? (int)header.Number
        : throw new ProtocolException($"result {header.Number} was received for a batch of {item.Count}");

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
