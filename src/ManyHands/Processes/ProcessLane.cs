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
    private static readonly TimeSpan _longestFrame = TimeSpan.FromSeconds(20); // without a byte more of it
    private const int LeastLooks = 10; // this process was there to see that

    private static readonly TimeSpan _worthADoze = TimeSpan.FromMicroseconds(250); // it lasts a millisecond, whatever comes

    private readonly Lane _lane;
    private readonly Connection _connection;
    private readonly Action<WorkReference, PayloadWriter> _defineWork;
    private readonly LaneOutbox _outbox;
    private readonly FrameReader _reader;
    private readonly PayloadWriter _definition = new();
    private readonly Dictionary<WorkReference, ushort> _work = [];
    private readonly Dictionary<CallContext, ushort> _contexts = [];

    private readonly LaneSlots _slots;

    private WorkItem? _reading; // the batch that results were read of and not shown
    private long _shownAt;
    private int _readSinceShown;

    /// <summary>Makes the parent's side of a lane.</summary>
    /// <param name="lane">Of the pool.</param>
    /// <param name="connection">To the worker.</param>
    /// <param name="memory">Begun marks, where the transport has shared memory.</param>
    /// <param name="given">Is told what is run there for the first time.</param>
    /// <param name="broken">Is told that the worker did what it must not do, where no thread that reads finds it out.</param>
    public ProcessLane(Lane lane, Connection connection, LaneMemory? memory, Action<WorkReference> given, Action<Exception> broken)
    {
        _defineWork = (reference, output) =>
        {
            given(reference);
            reference.Write(output);
        };
        _lane = lane;
        _connection = connection;
        _slots = new LaneSlots(memory, lane.Index, broken);
        _outbox = new LaneOutbox(connection, $"ManyHands worker {lane.Worker.Number} sender", broken);
        _reader = new FrameReader(Receive)
        {
            LargeValues = header => header.Kind == FrameKind.Result ? _slots.Find(header)?.LargeResult(header.Length) : null,
            MostBeside = FailureFormat.MaxLength,
        };
    }

    public FrameReader Reader => _reader;

    /// <summary>Bytes of the largest result that is taken.</summary>
    public int MaxResult
    {
        init => _reader.MaxResult = value;
    }

    // ---- Sending.

    public void Dispatch(WorkItem item)
    {
        ushort work = Number(_work, item.Reference!, FrameKind.DefineWork, _defineWork);
        ushort context = Number(_contexts, item.Context!, FrameKind.DefineContext, static (context, output) =>
        {
            output.WriteText(context.Culture);
            output.WriteText(context.UICulture);
        });

        int slot = _slots.Open(item);
        var header = new FrameHeader(FrameKind.Run, 0, (ushort)slot, item.Id.Value, new RunNumber(item.Sequence, work, context).ToInt64());
        if (item.Count == 1)
            _outbox.Add(header, item.IsBatch ? item.WriteArguments()[sizeof(int)..] : item.WriteArguments());
        else
            _outbox.Add(header with { Kind = FrameKind.RunBatch }, Batch(item));
    }

    public void Flush() => _outbox.Flush();

    public int TakeBack(WorkItem item, int leave) => _slots.TakeBack(item, leave);

    public int Begun(WorkItem item) => _slots.Begun(item);

    public bool HasUnread => _connection.HasBytes;

    // ---- Receiving.

    /// <summary>Handles a frame about a task.</summary>
    /// <param name="header">Its header; the body is the reader's.</param>
    /// <param name="endings">Gets the item where the frame ends it.</param>
    public void Receive(FrameHeader header, List<Ending> endings)
    {
        if (header.Kind is < FrameKind.Begun or > FrameKind.BatchEnd)
            throw new ProtocolException($"{header.Kind} was received on a lane");
        WorkItem item = _slots.Next(header);
        if (header.Kind is FrameKind.Begun or FrameKind.Result or FrameKind.Failed && item.Count > 1)
            throw new ProtocolException($"{header.Kind} was received for a batch of {item.Count}");
        var elapsed = TimeSpan.FromTicks(Math.Max(0, header.Number));
        switch (header.Kind)
        {
            case FrameKind.Begun:
                _slots.Begins(item);
                return;
            case FrameKind.Result:
                if (_reader.Large is { } large)
                    item.Complete(large);
                else
                    Complete(item, 0, header.Length);
                _reader.ForgetLarge();
                item.ShowResults();
                _slots.Close(header);
                Measured(item, 1, elapsed);
                break;
            case FrameKind.Failed:
                FailRemotely(item, 0, header.Length);
                _slots.Close(header);
                Measured(item, 1, elapsed);
                break;
            case FrameKind.BatchResult:
                Complete(item, _slots.NextIndex(header), header.Length);
                _reading = item;
                _readSinceShown++;
                return;
            case FrameKind.BatchFailed:
                FailRemotely(item, _slots.NextIndex(header), header.Length);
                return;
            case FrameKind.BatchEnd:
                item.ShowResults();
                _reading = null; // whoever reads this publishes the whole item
                _slots.CloseBatch(header);
                Measured(item, item.Count, elapsed);
                break;
        }

        endings.Add(new Ending(item, elapsed));
    }

    // Looks again each second, whoever should have woken it, since the words that are slept on lie where the worker can write.
    private int Receive(Span<byte> buffer)
    {
        long since = Stopwatch.GetTimestamp();
        for (int looks = 0; !_connection.HasBytes && !_connection.WaitForBytes(Connection.LookMilliseconds) && !_connection.IsEnded; looks++)
        {
            _connection.LookAgain();
            _slots.LookOver();
            if (_reader.IsWithinFrame && looks >= LeastLooks && Stopwatch.GetElapsedTime(since) > _longestFrame)
                throw new ProtocolException($"a frame was begun, and nothing more of it came within {_longestFrame.TotalSeconds:0} s");
        }

        return _connection.Receive(buffer);
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

    private void FailRemotely(WorkItem item, int index, int length)
    {
        if (TryReadFailure() is not { } failure)
        {
            item.FailOne(index, Payload.NoMemory(length, PayloadSide.ParentResult));
            return;
        }

        item.RanOutOfMemory |= failure.IsOutOfMemory; // the pool looks when the item has ended
        item.FailRemotely(index, failure);
    }

    private RemoteFailure? TryReadFailure()
    {
        try
        {
            return _reader.IsBodyLost ? null : RemoteFailure.Read(_reader.Body);
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    public void End()
    {
        _connection.End();
        _outbox.End();
    }

    private void Complete(WorkItem item, int index, int length)
    {
        if (_reader.IsBodyTooLong)
        {
            item.FailOne(index, new PayloadTooLargeException(_reader.MaxResult, length) { Side = PayloadSide.ParentResult });
            return;
        }

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

    private static ReadOnlyMemory<byte> Batch(WorkItem item)
    {
        ReadOnlyMemory<byte> arguments = item.WriteArguments();
        byte[] body = new byte[sizeof(int) + arguments.Length];
        BinaryPrimitives.WriteInt32LittleEndian(body, item.Count);
        arguments.Span.CopyTo(body.AsSpan(sizeof(int)));
        return body;
    }
}
