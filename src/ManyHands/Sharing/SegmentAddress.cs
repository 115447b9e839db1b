namespace ManyHands.Sharing;

/// <summary>How another process of the same user finds a segment: through its owner's descriptor, which keeps it.</summary>
/// <param name="Pid">The owner.</param>
/// <param name="Descriptor">The owner's descriptor.</param>
/// <param name="Length">Bytes of data.</param>
/// <param name="Id">What must stand in the segment's head: descriptors are used again.</param>
/// <param name="IsReadOnly">It is mapped so that whoever writes there faults.</param>
internal readonly record struct SegmentAddress(int Pid, int Descriptor, long Length, long Id, bool IsReadOnly)
{
    public ObjectDisposedException Gone() => new(
        "shared memory",
        $"The shared memory that process {Pid} handed on is there no more. Whoever made it must not dispose it, nor end, before the tasks that use it have ended.");
}
