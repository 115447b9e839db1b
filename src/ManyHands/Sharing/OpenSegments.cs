using ManyHands.Platform.Linux;

namespace ManyHands.Sharing;

/// <summary>
/// The segments of this process: those it owns, found again when their handle comes back to it, and those of others, each mapped once however many
/// tasks use it. What its owner has released is forgotten within a second, and unmapped once nothing here refers to it.
/// </summary>
internal static class OpenSegments
{
    private static readonly TimeSpan _lookEvery = TimeSpan.FromSeconds(0.5);

    private static readonly Lock _gate = new();
    private static readonly Dictionary<long, WeakReference<SharedSegment>> _owned = [];
    private static readonly Dictionary<(long Id, bool IsReadOnly), SharedSegment> _mapped = [];
    private static Timer? _timer;

    public static void Add(SharedSegment segment)
    {
        lock (_gate)
            _owned[segment.Address.Id] = new WeakReference<SharedSegment>(segment);
    }

    public static void Remove(SharedSegment segment)
    {
        lock (_gate)
            _owned.Remove(segment.Address.Id);
    }

    /// <summary>The segment at an address.</summary>
    /// <exception cref="ObjectDisposedException">It is there no more.</exception>
    /// <exception cref="ResourceExhaustedException">This process has no room for it.</exception>
    public static SharedSegment Find(SegmentAddress address)
    {
        lock (_gate)
        {
            if (address.Pid == Environment.ProcessId)
                return _owned.TryGetValue(address.Id, out var weak) && weak.TryGetTarget(out SharedSegment? own) ? own : throw address.Gone();
            if (!_mapped.TryGetValue((address.Id, address.IsReadOnly), out SharedSegment? segment))
            {
                _mapped[(address.Id, address.IsReadOnly)] = segment = SharedSegment.Map(address);
                _timer ??= LibraryThread.Timer(ForgetReleased, _lookEvery, _lookEvery);
            }

            return segment;
        }
    }

    private static void ForgetReleased()
    {
        bool any = false;
        lock (_gate)
        {
            foreach (var (key, segment) in _mapped)
            {
                if (!segment.IsReleasedByOwner && !ProcessFiles.IsDead(segment.Address.Pid))
                    continue;
                _mapped.Remove(key);
                any = true;
            }

            if (_mapped.Count == 0)
            {
                _timer?.Dispose();
                _timer = null;
            }
        }

        // Only the collector knows whether the work still has it, in a static perhaps.
        if (any)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
    }
}
