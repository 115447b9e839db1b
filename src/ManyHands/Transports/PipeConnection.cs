using System.IO.Pipes;

namespace ManyHands.Transports;

/// <summary>One end of a named pipe, for Windows.</summary>
internal sealed class PipeConnection(PipeStream pipe) : Connection
{
    private byte[]? _arriving;
    private Task<int>? _arrival;

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

    // A pipe cannot be asked what is there, so a read is left open until something has come.
    public override int TryReceive(Span<byte> buffer)
    {
        try
        {
            _arriving ??= new byte[buffer.Length];
            _arrival ??= pipe.ReadAsync(_arriving, 0, _arriving.Length);
            if (!_arrival.IsCompletedSuccessfully)
                return 0;
            int count = _arrival.Result;
            _arriving.AsSpan(0, count).CopyTo(buffer);
            (_arriving, _arrival) = (null, null);
            return count;
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
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
