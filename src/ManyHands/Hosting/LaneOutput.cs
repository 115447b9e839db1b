using ManyHands.Protocol;
using ManyHands.Transports;

namespace ManyHands.Hosting;

/// <summary>Frames from a lane to the parent, each in one write. Several threads may send.</summary>
internal sealed class LaneOutput(Connection connection)
{
    private const int Combined = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly byte[] _buffer = new byte[Combined];

    public void Send(FrameHeader header, ReadOnlySpan<byte> body)
    {
        header = header with { Length = body.Length };
        lock (_gate)
        {
            header.Write(_buffer);
            if (body.Length <= Combined - FrameHeader.Size)
            {
                body.CopyTo(_buffer.AsSpan(FrameHeader.Size));
                SendRaw(_buffer.AsSpan(0, FrameHeader.Size + body.Length));
                return;
            }

            SendRaw(_buffer.AsSpan(0, FrameHeader.Size));
            SendRaw(body);
        }
    }

    /// <summary>Sends bytes that are whole frames.</summary>
    public void SendRaw(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            // Where nobody reads any more the control connection ends too, and with it this process.
            connection.Send(bytes);
        }
    }
}
