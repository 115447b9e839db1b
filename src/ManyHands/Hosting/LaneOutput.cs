using System.Buffers;
using ManyHands.Payloads;
using ManyHands.Protocol;
using ManyHands.Transports;

namespace ManyHands.Hosting;

/// <summary>
/// Frames from a lane to the parent, sent by the lane's own thread: once it runs, by no other. A body is written behind the room for its header,
/// so that a small frame is copied once, into the transport.
/// </summary>
internal sealed class LaneOutput
{
    // An idle lane keeps no large result alive, nor the room for one.
    private const int KeptBuffer = 256 * 1024;

    private readonly Connection _connection;
    private readonly PayloadWriter _frame = new() { Limit = Payload.MaxLength, Head = FrameHeader.Size };

    public LaneOutput(Connection connection)
    {
        _connection = connection;
        NewBody();
    }

    /// <summary>The body of the next frame. Whatever else is sent first replaces it.</summary>
    public PayloadWriter Body => _frame;

    /// <summary>The same, emptied.</summary>
    public PayloadWriter NewBody()
    {
        if (_frame.Capacity > KeptBuffer)
            _frame.Dispose();
        _frame.Clear();
        _frame.GetSpan(FrameHeader.Size);
        _frame.Advance(FrameHeader.Size);
        return _frame;
    }

    /// <summary>Sends a frame and sees to it that it is read at once.</summary>
    public void Send(FrameHeader header, ReadOnlySpan<byte> body)
    {
        NewBody().Write(body);
        Post(header);
        _connection.Announce();
    }

    /// <summary>Sends a frame without a body before the one that <see cref="Body"/> is for, and leaves that as it is.</summary>
    public void SendAhead(FrameHeader header)
    {
        Span<byte> bytes = stackalloc byte[FrameHeader.Size];
        header.Write(bytes);
        _connection.Post(bytes);
    }

    /// <summary>Sends a frame with <see cref="Body"/>; see <see cref="Connection.Post"/>.</summary>
    /// <remarks>Where nobody reads any more the control connection ends too, and with it this process.</remarks>
    public void Post(FrameHeader header)
    {
        ReadOnlySpan<byte> tail = _frame.Tail is { } large ? large.Bytes : default;
        header = header with { Length = _frame.WrittenCount - FrameHeader.Size + tail.Length };
        header.Write(_frame.Written(0, FrameHeader.Size));
        _connection.Post(_frame.WrittenSpan);
        if (!tail.IsEmpty)
            _connection.Post(tail);
        NewBody();
    }
}
