using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ManyHands.Protocol;

/// <summary>
/// Results of a batch that have not left the worker, in memory that the parent can read after the worker's death. The head says whose they
/// are: task (64 bits), index of the first (32), their number (32), bytes used (32); entries follow as in a BatchResults frame.
/// </summary>
internal readonly ref struct BatchJournal(Span<byte> memory)
{
    public const int HeadSize = 24;

    private readonly Span<byte> _memory = memory;

    public long Task => MemoryMarshal.Read<long>(_memory);

    public int First => MemoryMarshal.Read<int>(_memory[8..]);

    /// <summary>Written last, so what it counts is complete.</summary>
    public int Count => Volatile.Read(ref CountField);

    public int Used => MemoryMarshal.Read<int>(_memory[16..]);

    public Span<byte> Entries => _memory[HeadSize..];

    private ref int CountField => ref MemoryMarshal.AsRef<int>(_memory[12..]);

    /// <summary>Empties it and says whose results come next.</summary>
    public void Restart(long task, int first)
    {
        Volatile.Write(ref CountField, 0);
        MemoryMarshal.Write(_memory, task);
        MemoryMarshal.Write(_memory[8..], first);
        MemoryMarshal.Write(_memory[16..], 0);
    }

    /// <summary>Adds an entry; false where it does not fit.</summary>
    public bool TryAdd(bool succeeded, ReadOnlySpan<byte> value)
    {
        int used = Used, size = BatchEntries.SizeOf(value);
        if (size > Entries.Length - used)
            return false;
        BatchEntries.Write(Entries[used..], succeeded, value);
        MemoryMarshal.Write(_memory[16..], used + size);
        Volatile.Write(ref CountField, Count + 1);
        return true;
    }
}

/// <summary>Entries of a batch, one after the other: succeeded (8 bits), length (32), value.</summary>
internal ref struct BatchEntries(ReadOnlySpan<byte> bytes)
{
    private const int HeadSize = 1 + sizeof(int);

    private ReadOnlySpan<byte> _rest = bytes;

    public static int SizeOf(ReadOnlySpan<byte> value) => HeadSize + value.Length;

    public static void Write(Span<byte> target, bool succeeded, ReadOnlySpan<byte> value)
    {
        target[0] = succeeded ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32LittleEndian(target[1..], value.Length);
        value.CopyTo(target[HeadSize..]);
    }

    /// <exception cref="ProtocolException">What is there is no entry.</exception>
    public ReadOnlySpan<byte> Next(out bool succeeded)
    {
        if (_rest.Length < HeadSize)
            throw new ProtocolException("a batch of results ended within an entry");
        int length = BinaryPrimitives.ReadInt32LittleEndian(_rest[1..]);
        if (length < 0 || length > _rest.Length - HeadSize)
            throw new ProtocolException($"a result of {length} bytes was announced in a batch that has fewer");
        succeeded = _rest[0] == 1;
        ReadOnlySpan<byte> value = _rest.Slice(HeadSize, length);
        _rest = _rest[(HeadSize + length)..];
        return value;
    }
}
