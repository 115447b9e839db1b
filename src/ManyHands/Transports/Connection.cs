namespace ManyHands.Transports;

/// <summary>
/// A stream of bytes in both directions between a parent and its worker. One thread may receive while another sends; <see cref="End"/> may
/// be called by any.
/// </summary>
internal abstract class Connection : IDisposable
{
    /// <summary>The longest time that anybody sleeps without looking again, whoever was to wake it.</summary>
    public const int LookMilliseconds = 1000;

    /// <summary><see cref="End"/> was called. False where the transport says it by an empty <see cref="Receive"/> alone.</summary>
    public virtual bool IsEnded => false;

    /// <summary>
    /// Nothing came for a while: says again what the other side may not have heard. By the thread that receives.
    /// </summary>
    public virtual void LookAgain()
    {
    }

    /// <summary>There is something to receive without waiting. False where the transport cannot tell.</summary>
    public virtual bool HasBytes => false;

    /// <summary>Waits for something to receive, about that long at most.</summary>
    /// <returns>False where nothing came. True where the transport cannot tell.</returns>
    public virtual bool WaitForBytes(int milliseconds) => true;

    /// <summary>Waits for as long as waiting costs less than being woken.</summary>
    /// <returns>There is something to receive. False where the transport cannot tell.</returns>
    public virtual bool SpinForBytes() => false;

    /// <summary>Sleeps for about a millisecond, or until the other side says that it waits or has nothing more: for much to come together.</summary>
    /// <returns>There is something to receive. False where the transport cannot tell.</returns>
    public virtual bool DozeForBytes() => false;

    /// <summary>Waits for bytes. 0 at the end, and after <see cref="End"/>.</summary>
    /// <exception cref="InvalidDataException">The other side broke the transport itself.</exception>
    public abstract int Receive(Span<byte> buffer);

    /// <summary>Receives what is there, without waiting. For the parent's end of a control connection, which nobody reads otherwise.</summary>
    /// <returns>Bytes; 0 where there are none, and at the end.</returns>
    public virtual int TryReceive(Span<byte> buffer) => 0;

    /// <summary>Sends as much as fits without waiting.</summary>
    /// <returns>Bytes taken; 0 where nothing fits or the transport cannot tell; all of them where nobody will ever read them.</returns>
    /// <exception cref="InvalidDataException">The other side broke the transport itself.</exception>
    public abstract int TrySend(ReadOnlySpan<byte> bytes);

    /// <summary>Sends everything, waiting for room.</summary>
    /// <returns>False where the other side is gone.</returns>
    /// <exception cref="InvalidDataException">The other side broke the transport itself.</exception>
    public abstract bool Send(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Sends as <see cref="Send"/> does, but may leave a reader dozing that looks within a millisecond by itself, until <see cref="Announce"/>:
    /// for many small things one after the other.
    /// </summary>
    public virtual bool Post(ReadOnlySpan<byte> bytes) => Send(bytes);

    /// <summary>Wakes the other side for what was posted.</summary>
    public virtual void Announce()
    {
    }

    /// <summary>Ends the connection: what has arrived can still be received, then comes the end; nothing can be sent.</summary>
    public abstract void End();

    /// <summary>Closes it. No call may be running.</summary>
    public abstract void Dispose();
}
