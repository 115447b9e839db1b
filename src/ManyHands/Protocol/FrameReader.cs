namespace ManyHands.Protocol;

/// <summary>Cuts a stream of bytes into frames. One reader per direction; not thread-safe.</summary>
/// <param name="receive">Fills a buffer with at least one byte, waiting if it must; 0 at the end.</param>
internal sealed class FrameReader(FrameReader.Receive receive)
{
    private const int InitialBuffer = 64 * 1024;

    private byte[] _buffer = new byte[InitialBuffer];
    private int _start;
    private int _end;

    public delegate int Receive(Span<byte> buffer);

    /// <summary>The body of the frame that was read last; valid until the next read.</summary>
    public ReadOnlySpan<byte> Body => BodyMemory.Span;

    public ReadOnlyMemory<byte> BodyMemory { get; private set; }

    /// <summary>A whole frame has been received and can be read without waiting.</summary>
    public bool HasFrame =>
        _end - _start >= FrameHeader.Size && _end - _start >= FrameHeader.Size + FrameHeader.Read(_buffer.AsSpan(_start)).Length;

    /// <summary>Reads one frame, waiting for it.</summary>
    /// <returns>False at the end of the stream, and where it ends within a frame: such a frame counts as never sent.</returns>
    /// <exception cref="ProtocolException">What was received is no frame.</exception>
    public bool TryRead(out FrameHeader header)
    {
        header = default;
        if (!Fill(FrameHeader.Size))
            return false;
        header = FrameHeader.Read(_buffer.AsSpan(_start));
        if (!Fill(FrameHeader.Size + header.Length))
            return false;
        BodyMemory = _buffer.AsMemory(_start + FrameHeader.Size, header.Length);
        _start += FrameHeader.Size + header.Length;
        return true;
    }

    private bool Fill(int needed)
    {
        if (_end - _start >= needed)
            return true;
        MakeRoom(needed);
        while (_end - _start < needed)
        {
            int received = receive(_buffer.AsSpan(_end));
            if (received == 0)
                return false;
            _end += received;
        }

        return true;
    }

    // Uninitialised: the pages of a big frame are only touched as its bytes arrive.
    private void MakeRoom(int needed)
    {
        if (_start == _end)
        {
            _start = _end = 0;
            if (_buffer.Length > InitialBuffer && needed <= InitialBuffer)
                _buffer = new byte[InitialBuffer]; // a big frame has passed
        }

        if (_buffer.Length - _start >= needed)
            return;
        byte[] target = needed <= _buffer.Length ? _buffer : GC.AllocateUninitializedArray<byte>(needed);
        _buffer.AsSpan(_start, _end - _start).CopyTo(target);
        (_start, _end, _buffer) = (0, _end - _start, target);
    }
}
