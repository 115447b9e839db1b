using System.Runtime.CompilerServices;
using ManyHands.Platform.Linux;

namespace ManyHands.Transports;

/// <summary>
/// The memory that a worker shares with its parent: for each lane the begun marks (one <see cref="Claim"/> word for each slot) and a ring in
/// each direction. The parent made it, so results that a worker has written outlive it.
/// </summary>
/// <remarks>The parent trusts nothing that it reads there: every number is checked against what the parent knows.</remarks>
internal sealed unsafe class LaneMemory(SharedMemory memory) : IDisposable
{
    /// <summary>Begun marks per lane: twice as many as items that lie in it at once.</summary>
    public const int Slots = 512;

    private const int MarksSize = Slots * sizeof(long);
    private const int LaneSize = MarksSize + (2 * ByteRing.MemorySize);

    public FileDescriptor Descriptor => memory.Descriptor;

    public static LaneMemory Create(int lanes) => new(SharedMemory.Create((long)lanes * LaneSize));

    public static LaneMemory Open(FileDescriptor descriptor, int lanes) => new(SharedMemory.Open(descriptor, (long)lanes * LaneSize));

    /// <summary>The begun mark of one slot.</summary>
    public ref long Mark(int lane, int slot) => ref Unsafe.AsRef<long>(Lane(lane) + (slot * sizeof(long)));

    /// <summary>The parent's end of a lane. Ask once: it counts what has passed.</summary>
    public Connection ParentEnd(int lane) => new RingConnection(input: FromWorker(lane), output: ToWorker(lane));

    /// <summary>The worker's end of a lane. Ask once: it counts what has passed.</summary>
    public Connection WorkerEnd(int lane) => new RingConnection(input: ToWorker(lane), output: FromWorker(lane));

    public void Dispose() => memory.Dispose();

    private ByteRing ToWorker(int lane) => new(Lane(lane) + MarksSize);

    private ByteRing FromWorker(int lane) => new(Lane(lane) + MarksSize + ByteRing.MemorySize);

    private byte* Lane(int lane) => memory.Address + ((long)lane * LaneSize);
}
