using System.Diagnostics;

namespace ManyHands.Hosting;

/// <summary>
/// Gives back what a worker without work does not need. The collector keeps the memory of a busy worker for what comes next, and only collects when
/// something is allocated: a worker that nobody gives anything would keep the garbage of its last task for ever (bench/rivals, memory).
/// </summary>
internal sealed class IdleMemory
{
    private const int ShortestWait = 100;

    // A task that comes meanwhile has to wait for the collection, and what it does may have been for nothing.
    private const int WaitPerCollection = 50;
    private const long LargestHeap = 256L << 20;

    // Less than this is not worth a collection.
    private const long Worth = 8L << 20;

    private long _allocated = GC.GetTotalAllocatedBytes();

    /// <summary>Milliseconds without work after which it is given back: many times what that took last.</summary>
    public int Wait { get; private set; } = ShortestWait;

    public void GiveBack()
    {
        if (GC.GetTotalAllocatedBytes() - _allocated < Worth || GC.GetGCMemoryInfo(GCKind.Any).HeapSizeBytes > LargestHeap)
            return;
        long started = Stopwatch.GetTimestamp();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Wait = Math.Max(ShortestWait, (int)Stopwatch.GetElapsedTime(started).TotalMilliseconds * WaitPerCollection);
        _allocated = GC.GetTotalAllocatedBytes();
    }
}
