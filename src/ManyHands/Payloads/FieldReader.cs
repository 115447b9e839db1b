using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ManyHands.Payloads;

/// <summary>
/// Reads fields out of bytes that may be anything. Every length is checked against the bytes that are there before memory is taken.
/// </summary>
internal ref struct FieldReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>What has not been read.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    public byte ReadByte() => Take(1)[0];

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    public Guid ReadGuid() => new(Take(16));

    public string? ReadText()
    {
        int length = ReadInt32();
        return length switch
        {
            -1 => null,
            >= 0 when length <= _rest.Length / sizeof(char) => new string(MemoryMarshal.Cast<byte, char>(Take(length * sizeof(char)))),
            _ => throw Malformed(),
        };
    }

    public string ReadRequiredText() => ReadText() ?? throw Malformed();

    /// <summary>Bytes behind their length, or null.</summary>
    public byte[]? ReadBlock()
    {
        int length = ReadInt32();
        return length switch
        {
            -1 => null,
            >= 0 => Take(length).ToArray(),
            _ => throw Malformed(),
        };
    }

    public byte[] ReadBytes(int count) => Take(count).ToArray();

    /// <summary>A number of things that each take at least one byte.</summary>
    public int ReadCount()
    {
        int count = ReadInt32();
        return count >= 0 && count <= _rest.Length ? count : throw Malformed();
    }

    /// <summary>A number of things of which there are never more than <paramref name="most"/>.</summary>
    public int ReadCount(int most) => ReadCount() is var count && count <= most ? count : throw Malformed();

    public static PayloadException Malformed() => new("the bytes are malformed. Both sides must run the same build of ManyHands.");

    private ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)_rest.Length)
            throw Malformed();
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
