using System.Runtime.CompilerServices;
using ManyHands.Platform.Linux;

namespace ManyHands.Sharing;

/// <summary>
/// The memory of a channel: a ring for each process that writes, so that no writer ever waits for another, and one that dies leaves nothing half done where others
/// could find it.
/// </summary>
/// <remarks>
/// A head of one cache line (the word the reader sleeps on; whether it is complete), the process ids that own the rings, then the rings. The ring of a dead owner is freed by
/// the reader when all of it has been read, or another writer goes on with it.
/// </remarks>
internal sealed unsafe class ChannelMemory(SharedSegment segment)
{
    /// <summary>The owner of a ring that the reader is about to free.</summary>
    public const int Taken = -1;

    /// <summary>Processes that can write at once.</summary>
    public const int Rings = 64;

    private const int HeadSize = 64;
    private const int OwnersSize = Rings * sizeof(int);

    private readonly Lock _claiming = new();
    private ChannelRing? _own;

    /// <summary>Bytes of a whole channel.</summary>
    public static long Size(int bytesPerWriter) => HeadSize + OwnersSize + ((long)Rings * (ChannelRing.HeadSize + bytesPerWriter));

    public int Capacity { get; } = (int)(((segment.Length - HeadSize - OwnersSize) / Rings) - ChannelRing.HeadSize);

    /// <summary>What the reader sleeps on: 0 while it is awake.</summary>
    public ref int ReaderSleeps => ref Unsafe.AsRef<int>(segment.Addresses);

    public bool IsComplete => Volatile.Read(ref CompleteWord) != 0 || segment.IsReleased;

    /// <summary>The ring of this process.</summary>
    /// <exception cref="InvalidOperationException">There is none left.</exception>
    public ChannelRing Own
    {
        get
        {
            if (Volatile.Read(ref _own) is { } own)
                return own;
            lock (_claiming)
                return _own ??= new ChannelRing(this, Claim());
        }
    }

    private ref int CompleteWord => ref Unsafe.AsRef<int>(segment.Addresses + sizeof(int));

    /// <summary>The process that owns a ring; 0 for none.</summary>
    public ref int Owner(int ring) => ref Unsafe.AsRef<int>(segment.Addresses + HeadSize + (ring * sizeof(int)));

    /// <summary>Where a ring begins.</summary>
    public byte* Ring(int ring) => segment.Addresses + HeadSize + OwnersSize + (ring * ((long)ChannelRing.HeadSize + Capacity));

    public void Complete()
    {
        if (segment.IsReleased)
            return;
        Interlocked.Exchange(ref CompleteWord, 1);
        WakeReader();
        for (int i = 0; i < Rings; i++)
        {
            if (Owner(i) > 0)
                Futex.Wake(ref Unsafe.AsRef<int>(Ring(i) + ChannelRing.WriterSleepsAt), int.MaxValue);
        }
    }

    public void WakeReader()
    {
        if (Volatile.Read(ref ReaderSleeps) != 0 && Interlocked.Exchange(ref ReaderSleeps, 0) != 0)
            Futex.Wake(ref ReaderSleeps);
    }

    private int Claim()
    {
        for (int i = 0; i < Rings; i++)
        {
            if (Interlocked.CompareExchange(ref Owner(i), Environment.ProcessId, 0) == 0)
                return i;
        }

        // Who goes on with the ring of a dead one loses nothing of what that one had written.
        for (int i = 0; i < Rings; i++)
        {
            int owner = Volatile.Read(ref Owner(i));
            if (owner > 0 && ProcessFiles.IsDead(owner) && Interlocked.CompareExchange(ref Owner(i), Environment.ProcessId, owner) == owner)
                return i;
        }

        throw new InvalidOperationException(
            $"{Rings} processes write to this channel already, and it has room for no more. Give each {Rings} a channel of their own, or write from fewer processes.");
    }
}
