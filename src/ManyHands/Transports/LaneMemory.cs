using System.Runtime.CompilerServices;
using ManyHands.Platform.Linux;

namespace ManyHands.Transports;

/// <summary>
/// The memory that a worker shares with its parent: for each lane the begun marks (one <see cref="Claim"/> word for each slot) and a journal
/// of batch results that have not been sent, which outlives the worker.
/// </summary>
/// <remarks>The parent makes it and trusts nothing that it reads there: every number is checked against what the parent knows.</remarks>
internal sealed unsafe class LaneMemory(SharedMemory memory) : IDisposable
{
    /// <summary>Begun marks per lane: twice as many as items that lie in it at once.</summary>
    public const int Slots = 128;

    /// <summary>Bytes of one lane's journal, its 24-byte head included.</summary>
    public const int JournalSize = 64 * 1024;

    private const int LaneSize = (Slots * sizeof(long)) + JournalSize;

    public FileDescriptor Descriptor => memory.Descriptor;

    public static LaneMemory Create(int lanes) => new(SharedMemory.Create((long)lanes * LaneSize));

    public static LaneMemory Open(FileDescriptor descriptor, int lanes) => new(SharedMemory.Open(descriptor, (long)lanes * LaneSize));

    /// <summary>The begun mark of one slot.</summary>
    public ref long Mark(int lane, int slot) =>
        ref Unsafe.AsRef<long>(memory.Address + ((long)lane * LaneSize) + (slot * sizeof(long)));

    /// <summary>The journal of one lane.</summary>
    public Span<byte> Journal(int lane) =>
        new(memory.Address + ((long)lane * LaneSize) + (Slots * sizeof(long)), JournalSize);

    public void Dispose() => memory.Dispose();
}
