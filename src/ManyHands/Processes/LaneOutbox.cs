using ManyHands.Payloads;
using ManyHands.Protocol;
using ManyHands.Transports;

namespace ManyHands.Processes;

/// <summary>
/// Frames on their way to a lane. What fits is sent at once, by whoever submits; the rest by a thread of its own, so that neither the
/// submitter nor the thread that reads results ever waits for a worker that does not read.
/// </summary>
/// <param name="connection">To the worker.</param>
/// <param name="name">Of the thread.</param>
/// <param name="broken">Is told that the worker broke the transport; nothing is sent after that.</param>
internal sealed class LaneOutbox(Connection connection, string name, Action<Exception> broken)
{
    // Bodies above this are not copied to stand beside others in one write.
    private const int Copied = 64 * 1024;

    private readonly object _gate = new();
    private readonly Queue<ReadOnlyMemory<byte>> _rest = new();
    private PayloadWriter _ready = new();
    private Thread? _sender;
    private bool _sending;
    private bool _ended;

    /// <summary>Adds a frame; it leaves with the next <see cref="Flush"/>.</summary>
    public void Add(FrameHeader header, ReadOnlyMemory<byte> body)
    {
        using (Uninterrupted.Hold(_gate))
        {
            header = header with { Length = body.Length };
            header.Write(_ready.GetSpan(FrameHeader.Size));
            _ready.Advance(FrameHeader.Size);
            if (body.Length <= Copied)
            {
                body.Span.CopyTo(_ready.GetSpan(body.Length));
                _ready.Advance(body.Length);
                return;
            }

            Flush();
            SendLater(body);
        }
    }

    /// <summary>Sends what was added, as far as it fits; the rest follows by itself.</summary>
    public void Flush()
    {
        using (Uninterrupted.Hold(_gate))
        {
            if (_ready.WrittenCount == 0 || _ended)
                return;
            int sent = _rest.Count > 0 || _sending ? 0 : TrySend(_ready.WrittenSpan);
            if (sent < _ready.WrittenCount)
            {
                SendLater(_ready.WrittenMemory[sent..]);
                _ready = new PayloadWriter();
            }

            _ready.Clear();
        }
    }

    /// <summary>Nothing more is sent. The connection has been ended, so the sender does not wait any more.</summary>
    public void End()
    {
        Thread? sender;
        using (Uninterrupted.Hold(_gate))
        {
            _ended = true;
            _rest.Clear();
            Monitor.PulseAll(_gate);
            sender = _sender;
        }

        sender?.Join();
    }

    private int TrySend(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return connection.TrySend(bytes);
        }
        catch (InvalidDataException error)
        {
            GiveUp();
            broken(error);
            return bytes.Length;
        }
    }

    private void SendLater(ReadOnlyMemory<byte> bytes)
    {
        if (_ended)
            return;
        _rest.Enqueue(bytes);
        if (_sender is null)
        {
            _sender = LibraryThread.Start(name, SendRest, SendingFailed, stack: 256 * 1024);
        }

        Monitor.PulseAll(_gate);
    }

    private void SendRest()
    {
        while (true)
        {
            ReadOnlyMemory<byte> next;
            using (Uninterrupted.Hold(_gate))
            {
                _sending = false;
                while (!_rest.TryDequeue(out next))
                {
                    if (_ended)
                        return;
                    Monitor.Wait(_gate);
                }

                _sending = true;
            }

            if (!connection.Send(next.Span))
            {
                GiveUp(); // the worker is gone
                return;
            }
        }
    }

    private void SendingFailed(Exception error)
    {
        GiveUp();
        broken(error);
    }

    // What the worker did not get goes back to the queue.
    private void GiveUp()
    {
        using (Uninterrupted.Hold(_gate))
        {
            _ended = true;
            _rest.Clear();
        }
    }
}
