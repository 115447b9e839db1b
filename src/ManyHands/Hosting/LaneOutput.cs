using ManyHands.Protocol;
using ManyHands.Transports;

namespace ManyHands.Hosting;

/// <summary>Frames from a lane to the parent. Several threads may send.</summary>
internal sealed class LaneOutput(Connection connection)
{
    private const int Combined = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly byte[] _buffer = new byte[Combined];

    /// <summary>Sends a frame and sees to it that it is read at once.</summary>
    public void Send(FrameHeader header, ReadOnlySpan<byte> body)
    {
        Post(header, body);
        connection.Announce();
    }

    /// <summary>Sends a frame whose body is in two parts; see <see cref="Connection.Post"/>.</summary>
    /// <remarks>Where nobody reads any more the control connection ends too, and with it this process.</remarks>
    public void Post(FrameHeader header, ReadOnlySpan<byte> body, ReadOnlySpan<byte> tail = default)
    {
        header = header with { Length = body.Length + tail.Length };
        lock (_gate)
        {
            header.Write(_buffer);
            if (body.Length <= Combined - FrameHeader.Size)
            {
                body.CopyTo(_buffer.AsSpan(FrameHeader.Size));
                connection.Post(_buffer.AsSpan(0, FrameHeader.Size + body.Length));
            }
            else
            {
                connection.Post(_buffer.AsSpan(0, FrameHeader.Size));
                connection.Post(body);
            }

            if (!tail.IsEmpty)
                connection.Post(tail);
        }
    }
}
