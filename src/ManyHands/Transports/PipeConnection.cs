using System.IO.Pipes;

namespace ManyHands.Transports;

/// <summary>One end of a named pipe, for Windows.</summary>
internal sealed class PipeConnection(PipeStream pipe) : Connection
{
    public override int Receive(Span<byte> buffer)
    {
        try
        {
            return pipe.Read(buffer);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or OperationCanceledException)
        {
            return 0;
        }
    }

    public override int TrySend(ReadOnlySpan<byte> bytes) => 0;

    public override bool Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            pipe.Write(bytes);
            return true;
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or OperationCanceledException)
        {
            return false;
        }
    }

    // Closing is what ends a pending read on a pipe.
    public override void End() => pipe.Dispose();

    public override void Dispose() => pipe.Dispose();
}
