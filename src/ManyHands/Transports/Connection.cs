namespace ManyHands.Transports;

/// <summary>
/// A stream of bytes in both directions between a parent and its worker. One thread may receive while another sends; <see cref="End"/> may
/// be called by any.
/// </summary>
internal abstract class Connection : IDisposable
{
    /// <summary>Waits for bytes. 0 at the end, and after <see cref="End"/>.</summary>
    public abstract int Receive(Span<byte> buffer);

    /// <summary>Sends as much as fits without waiting.</summary>
    /// <returns>Bytes taken; 0 where nothing fits or the transport cannot tell; all of them where nobody will ever read them.</returns>
    public abstract int TrySend(ReadOnlySpan<byte> bytes);

    /// <summary>Sends everything, waiting for room.</summary>
    /// <returns>False where the other side is gone.</returns>
    public abstract bool Send(ReadOnlySpan<byte> bytes);

    /// <summary>Ends the connection: what has arrived can still be received, then comes the end; nothing can be sent.</summary>
    public abstract void End();

    /// <summary>Closes it. No call may be running.</summary>
    public abstract void Dispose();
}
