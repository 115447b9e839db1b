using System.Net.Sockets;

namespace ManyHands.Transports;

/// <summary>One end of a Unix socket that has a name, for systems where none can be inherited.</summary>
internal sealed class SocketConnection(Socket socket) : Connection
{
    public override int Receive(Span<byte> buffer)
    {
        try
        {
            return socket.Receive(buffer);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return 0; // reset by the other side: its end
        }
    }

    public override int TryReceive(Span<byte> buffer)
    {
        try
        {
            return socket.Available > 0 ? socket.Receive(buffer) : 0;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return 0;
        }
    }

    public override int TrySend(ReadOnlySpan<byte> bytes) => 0;

    public override bool Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
                bytes = bytes[socket.Send(bytes)..];
            return true;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    public override void End()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The other side has ended it already.
        }
    }

    public override void Dispose() => socket.Dispose();
}
