using System.Text.Json.Serialization;
using ManyHands.Sharing;

namespace ManyHands;

/// <summary>
/// A lock between tasks of any executors, in one process or several. A process that dies while it holds it releases it, and the next owner is told:
/// what the lock guards may be half changed then.
/// </summary>
/// <remarks>
/// Not recursive, and not fair. It may be held across an await. Only the end of a process releases what was not released: a task that forgets to keeps it. The death of an owner is noticed within about 50 ms. Pass it as an argument, alone or inside of a
/// tuple or record; do not dispose it before the tasks have ended. Linux. Thread-safe.
/// </remarks>
/// <example><code>using (SharedLock.Hold hold = guard.Enter(token)) { if (hold.PreviousOwnerDied) Repair(); Change(); }</code></example>
[JsonConverter(typeof(SharedHandles))]
public sealed class SharedLock : IDisposable, ISharedHandle<SharedLock>
{
    private readonly SharedSegment _segment;
    private readonly bool _isOwner;

    /// <summary>Makes a lock that nobody holds.</summary>
    /// <exception cref="ResourceExhaustedException">The system has no memory or no descriptor for it.</exception>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux.</exception>
    public SharedLock() => (_segment, _isOwner) = (SharedSegment.Create(LockWord.Size, reserve: true), true);

    private SharedLock(SharedSegment segment) => _segment = segment;

    private LockWord Word => _segment.Attachment(static segment => new LockWord(segment));

    /// <summary>Waits until nobody else holds it, and takes it.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Disposing it releases the lock.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    public Hold Enter(CancellationToken cancellationToken = default) =>
        new(Word, Word.Enter(Timeout.InfiniteTimeSpan, cancellationToken)!.Value);

    /// <summary>Takes it, if nobody else holds it for longer than this.</summary>
    /// <param name="timeout">How long to wait; zero for not at all.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Disposing it releases the lock. Null where others held it all the time.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    public Hold? TryEnter(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Word.Enter(timeout, cancellationToken) is { } ownerDied ? new Hold(Word, ownerDied) : null;

    /// <summary>Ends the use of it here. The owner's call lets the memory go.</summary>
    public void Dispose()
    {
        if (_isOwner)
            _segment.Release();
    }

    SegmentAddress ISharedHandle<SharedLock>.Address => _segment.Address;

    bool ISharedHandle<SharedLock>.IsOwner => _isOwner;

    static SharedLock ISharedHandle<SharedLock>.Open(SharedSegment segment) => new(segment);

    /// <summary>The time during which the lock is one's own.</summary>
    public sealed class Hold : IDisposable
    {
        private LockWord? _word;

        internal Hold(LockWord word, bool previousOwnerDied) => (_word, PreviousOwnerDied) = (word, previousOwnerDied);

        /// <summary>Whoever held the lock before ended without releasing it.</summary>
        public bool PreviousOwnerDied { get; }

        /// <summary>Releases the lock. The second call does nothing.</summary>
        public void Dispose() => Interlocked.Exchange(ref _word, null)?.Exit();
    }
}
