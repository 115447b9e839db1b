using System.Buffers;

namespace ManyHands.Payloads;

/// <summary>A growing buffer, from the shared pool where it is small. Not for several threads at once; what it handed out is invalid after Dispose.</summary>
internal sealed class PayloadWriter : IBufferWriter<byte>, IDisposable
{
    private const int SmallestBuffer = 256;

    // Larger ones are let go of: the pool would keep them for a long time.
    private const int LargestPooled = 1 << 20;

    private byte[] _buffer = [];
    private int _written;

    /// <summary>More bytes than this are refused with <see cref="PayloadTooLargeException"/>. Default: what an array can hold.</summary>
    public long Limit { get; init; } = Array.MaxLength;

    /// <summary>Bytes at the beginning that are not the value's, and do not count.</summary>
    public int Head { get; init; }

    /// <summary>A value whose bytes follow what was written, without being copied here.</summary>
    public LargeValue? Tail { get; private set; }

    public int WrittenCount => _written;

    /// <summary>Bytes of the buffer.</summary>
    public int Capacity => _buffer.Length;

    public ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, _written);

    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, _written);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_buffer.Length - _written), nameof(count));
        if (_written + (long)count - Head > Limit)
            throw new PayloadTooLargeException(Limit, _written + (long)count - Head);
        _written += count;
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        if (_buffer.Length - _written < sizeHint || _buffer.Length == _written)
            Grow(sizeHint);
        return _buffer.AsSpan(_written);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_buffer.Length - _written < sizeHint || _buffer.Length == _written)
            Grow(sizeHint);
        return _buffer.AsMemory(_written);
    }

    /// <summary>Forgets the bytes and keeps the buffer.</summary>
    public void Clear()
    {
        _written = 0;
        Tail = null;
    }

    /// <summary>Forgets what was written after the first <paramref name="count"/> bytes.</summary>
    public void CutTo(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)_written, nameof(count));
        _written = count;
    }

    /// <summary>Adds a value without copying it; nothing can follow.</summary>
    public void WriteLarge(LargeValue value)
    {
        GetSpan(1)[0] = LargeValue.Mark;
        Advance(1);
        Tail = value;
    }

    /// <summary>Bytes that were written before, to be overwritten: a length or a header that is known only now.</summary>
    public Span<byte> Written(int at, int count) => _buffer.AsSpan(0, _written).Slice(at, count);

    /// <summary>Returns the buffer; the writer is then empty and can be used again.</summary>
    public void Dispose()
    {
        byte[] buffer = _buffer;
        Clear();
        _buffer = [];
        Return(buffer);
    }

    private void Grow(int sizeHint)
    {
        long needed = _written + (long)Math.Max(sizeHint, 1);
        if (needed - Head > Math.Min(Limit, Array.MaxLength - Head))
            throw new PayloadTooLargeException(Math.Min(Limit, Array.MaxLength - Head), needed - Head);

        long size = Math.Max(needed, Math.Max(SmallestBuffer, Math.Min(2L * _buffer.Length, Array.MaxLength)));
        byte[] larger = size <= LargestPooled ? ArrayPool<byte>.Shared.Rent((int)size) : GC.AllocateUninitializedArray<byte>((int)size);
        WrittenSpan.CopyTo(larger);
        Return(_buffer);
        _buffer = larger;
    }

    private static void Return(byte[] buffer)
    {
        if (buffer.Length is > 0 and <= LargestPooled)
            ArrayPool<byte>.Shared.Return(buffer);
    }
}
