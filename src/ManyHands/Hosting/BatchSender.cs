using System.Buffers.Binary;
using ManyHands.Protocol;
using ManyHands.Transports;

namespace ManyHands.Hosting;

/// <summary>
/// Results of a batch on their way out. They gather in the journal, where they survive this process, and leave together: when the journal
/// is full, when the batch ends, and when the oldest has waited for <see cref="MaxDelay"/>, even while the next task still runs.
/// </summary>
internal sealed class BatchSender
{
    /// <summary>How long a result may wait for others.</summary>
    public static readonly TimeSpan MaxDelay = TimeSpan.FromMilliseconds(20);

    private const int FrameHead = FrameHeader.Size + (2 * sizeof(int));

    private readonly Lock _gate = new();
    private readonly LaneOutput _output;
    private readonly int _lane;
    private readonly byte[] _frame = new byte[FrameHead + LaneMemory.JournalSize];
    private readonly LaneMemory _memory;
    private FrameHeader _header;
    private int _next;
    private long _began;
    private long _started;

    public BatchSender(LaneOutput output, LaneMemory memory, int lane)
    {
        _output = output;
        _memory = memory;
        _lane = lane;
    }

    private BatchJournal Journal => new(_memory.Journal(_lane));

    public void Begin(ushort slot, long task)
    {
        lock (_gate)
        {
            _header = new FrameHeader(FrameKind.BatchResults, 0, slot, task);
            _next = 0;
            _began = _started = TimeProvider.System.GetTimestamp();
            Journal.Restart(task, 0);
        }
    }

    /// <summary>Adds the result, or the failure, of the next task.</summary>
    public void Add(bool succeeded, ReadOnlySpan<byte> value)
    {
        lock (_gate)
        {
            bool added = Journal.TryAdd(succeeded, value);
            if (!added)
            {
                Flush();
                added = Journal.TryAdd(succeeded, value);
            }

            _next++;
            if (!added)
                SendAlone(succeeded, value);
        }
    }

    /// <summary>Sends what there is. Also called by the thread that looks after delays.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            BatchJournal journal = Journal;
            int count = journal.Count, used = journal.Used;
            if (count == 0)
                return;
            journal.Entries[..used].CopyTo(_frame.AsSpan(FrameHead));
            Send(_frame.AsSpan(0, FrameHead + used), journal.First, count);
            journal.Restart(_header.Task, _next); // only now: until it was sent it was safe here
        }
    }

    public void End()
    {
        lock (_gate)
        {
            Flush();
            long ticks = TimeProvider.System.GetElapsedTime(_began).Ticks;
            _output.Send(_header with { Kind = FrameKind.BatchEnd, Length = 0, Number = ticks }, default);
        }
    }

    private void SendAlone(bool succeeded, ReadOnlySpan<byte> value)
    {
        byte[] frame = new byte[FrameHead + BatchEntries.SizeOf(value)];
        BatchEntries.Write(frame.AsSpan(FrameHead), succeeded, value);
        Send(frame, _next - 1, 1);
        Journal.Restart(_header.Task, _next);
    }

    private void Send(Span<byte> frame, int first, int count)
    {
        long now = TimeProvider.System.GetTimestamp();
        (_header with { Length = frame.Length - FrameHeader.Size, Number = TimeProvider.System.GetElapsedTime(_started, now).Ticks }).Write(frame);
        BinaryPrimitives.WriteInt32LittleEndian(frame[FrameHeader.Size..], first);
        BinaryPrimitives.WriteInt32LittleEndian(frame[(FrameHeader.Size + sizeof(int))..], count);
        _started = now;
        _output.SendRaw(frame);
    }
}
