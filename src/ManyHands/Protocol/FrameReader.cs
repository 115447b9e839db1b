using ManyHands.Payloads;

namespace ManyHands.Protocol;

/// <summary>Cuts a stream of bytes into frames. One reader per direction; not thread-safe.</summary>
/// <param name="receive">Fills a buffer with at least one byte, waiting if it must; 0 at the end.</param>
internal sealed class FrameReader(FrameReader.Receive receive)
{
    private const int InitialBuffer = 64 * 1024;

    private byte[] _buffer = new byte[InitialBuffer];
    private int _start;
    private int _end;
    private bool _isWithinBody; // of which nothing is in the buffer

    public delegate int Receive(Span<byte> buffer);

    /// <summary>Asked for the value that a large body is to be received into; null for the reader's own buffer.</summary>
    public Func<FrameHeader, LargeValue?>? LargeValues { get; init; }

    /// <summary>The value that the body of the frame read last was received into; then <see cref="Body"/> is empty.</summary>
    public LargeValue? Large { get; private set; }

    /// <summary>The body of the frame that was read last; valid until the next read.</summary>
    public ReadOnlySpan<byte> Body => BodyMemory.Span;

    public ReadOnlyMemory<byte> BodyMemory { get; private set; }

    /// <summary>This process had no memory for the body of the frame that was read last: it was passed over, and the body is empty.</summary>
    public bool IsBodyLost { get; private set; }

    /// <summary>The body of the frame that was read last is longer than this side takes: it was passed over, as if there had been no memory for it.</summary>
    public bool IsBodyTooLong { get; private set; }

    /// <summary>Bytes of the largest result that this side takes.</summary>
    public int MaxResult { get; set; } = FrameHeader.MaxLength;

    /// <summary>Bytes of the longest body of anything but a result that can be meant. More is no frame, and takes no memory.</summary>
    public int MostBeside { get; init; } = FrameHeader.MaxLength;

    /// <summary>A whole frame has been received and can be read without waiting, or what cannot be one: the next read says so, and no sooner.</summary>
    public bool HasFrame
    {
        get
        {
            ReadOnlySpan<byte> received = _buffer.AsSpan(_start, _end - _start);
            return received.Length >= FrameHeader.Size
                && (!FrameHeader.CanBe(received) || received.Length >= FrameHeader.Size + FrameHeader.Read(received).Length);
        }
    }

    /// <summary>A part of a frame has been received.</summary>
    public bool IsWithinFrame => _end > _start || _isWithinBody;

    /// <summary>Reads one frame, waiting for it.</summary>
    /// <returns>False at the end of the stream, and where it ends within a frame: such a frame counts as never sent.</returns>
    /// <exception cref="ProtocolException">What was received is no frame.</exception>
    public bool TryRead(out FrameHeader header)
    {
        header = default;
        if (!Fill(FrameHeader.Size))
            return false;
        header = FrameHeader.Read(_buffer.AsSpan(_start));
        IsBodyLost = false;
        bool isResult = header.Kind is FrameKind.Result or FrameKind.BatchResult;
        if (!isResult && header.Length > MostBeside)
            throw new ProtocolException($"{header.Kind} announces {header.Length} bytes, and has at most {MostBeside}");
        IsBodyTooLong = isResult && header.Length > MaxResult;
        Large = null;
        BodyMemory = default;
        try
        {
            return IsBodyTooLong ? PassOver(header.Length) : TryReadBody(header);
        }
        catch (OutOfMemoryException) // thrown before a byte of it was taken; the stream can go on, and so can everybody else
        {
            return PassOver(header.Length);
        }
        finally
        {
            _isWithinBody = false;
        }
    }

    private bool TryReadBody(FrameHeader header)
    {
        if (header.Length > LargeValue.Threshold && LargeValues is not null)
        {
            // First its mark: what is announced may be nothing of the kind, and would take the memory twice.
            if (!Fill(FrameHeader.Size + 1))
                return false;
            if (_buffer[_start + FrameHeader.Size] == LargeValue.Mark && LargeValues(header) is { } large && large.Bytes.Length == header.Length - 1)
                return FillLarge(large);
        }

        if (!Fill(FrameHeader.Size + header.Length))
            return false;
        BodyMemory = _buffer.AsMemory(_start + FrameHeader.Size, header.Length);
        _start += FrameHeader.Size + header.Length;
        return true;
    }

    /// <summary>Lets go of <see cref="Large"/>: no reader that waits keeps it alive.</summary>
    public void ForgetLarge() => Large = null;

    private bool FillLarge(LargeValue large)
    {
        _start += FrameHeader.Size + 1;
        int filled = Math.Min(large.Bytes.Length, _end - _start);
        _buffer.AsSpan(_start, filled).CopyTo(large.Bytes);
        _start += filled;
        _isWithinBody = true;
        while (filled < large.Bytes.Length)
        {
            int received = receive(large.Bytes[filled..]);
            if (received == 0)
                return false;
            filled += received;
        }

        Large = large;
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

    private bool PassOver(int length)
    {
        IsBodyLost = true;
        _isWithinBody = true;
        int passed = Math.Min(length, _end - _start - FrameHeader.Size);
        _start += FrameHeader.Size + passed;
        while (passed < length)
        {
            _start = _end = 0;
            int received = receive(_buffer.AsSpan(0, Math.Min(length - passed, _buffer.Length)));
            if (received == 0)
                return false;
            passed += received;
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
