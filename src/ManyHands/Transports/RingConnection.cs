namespace ManyHands.Transports;

/// <summary>
/// One end of a pair of rings in shared memory. A ring does not end by itself when the other process does: whoever waits for that process
/// has to call <see cref="End"/>, and what was written before can still be received.
/// </summary>
internal sealed class RingConnection(ByteRing input, ByteRing output) : Connection
{
    public override int Receive(Span<byte> buffer)
    {
        while (true)
        {
            bool isLast = input.IsEnded; // asked before: what was written until then is found
            int received = input.Take(buffer);
            if (received > 0 || isLast)
                return received;
            if (!input.WaitForBytes(LookMilliseconds))
                LookAgain();
        }
    }

    public override bool IsEnded => input.IsEnded;

    public override void LookAgain()
    {
        input.RepublishRead();
        output.RepublishWritten();
    }

    public override bool HasBytes => input.HasBytes;

    public override bool SpinForBytes() => input.SpinForBytes();

    public override bool DozeForBytes() => input.DozeForBytes();

    public override bool WaitForBytes(int milliseconds) => input.WaitForBytes(milliseconds);

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        int sent = output.Put(bytes);
        output.WakeReader();
        return sent;
    }

    public override bool Send(ReadOnlySpan<byte> bytes)
    {
        bool sent = Post(bytes);
        output.WakeReader();
        return sent;
    }

    public override bool Post(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            bytes = bytes[output.Put(bytes)..];
            if (bytes.IsEmpty)
                return true;
            if (!output.WaitForRoom(LookMilliseconds))
                output.RepublishWritten();
            if (output.IsEnded)
                return false;
        }
    }

    public override void Announce() => output.WakeReader();

    public override void End()
    {
        input.End();
        output.End();
    }

    public override void Dispose()
    {
        // The memory is not its own.
    }
}
