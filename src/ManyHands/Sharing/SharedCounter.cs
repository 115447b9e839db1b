using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using ManyHands.Sharing;

namespace ManyHands;

/// <summary>A number that tasks of any executor count on together, without a lock. A worker that dies leaves it as its last call did.</summary>
/// <remarks>Pass it as an argument, alone or inside of a tuple or record; do not dispose it before the tasks have ended. Linux. Thread-safe.</remarks>
[JsonConverter(typeof(SharedHandles))]
public sealed class SharedCounter : IDisposable, ISharedHandle<SharedCounter>
{
    private readonly SharedSegment _segment;
    private readonly bool _isOwner;

    /// <summary>Makes a counter at zero.</summary>
    /// <exception cref="ResourceExhaustedException">The system has no memory or no descriptor for it.</exception>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux.</exception>
    public SharedCounter() => (_segment, _isOwner) = (SharedSegment.Create(sizeof(long), reserve: true), true);

    private SharedCounter(SharedSegment segment) => _segment = segment;

    /// <summary>The number at this moment.</summary>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    public long Value => Volatile.Read(ref Number);

    private unsafe ref long Number => ref Unsafe.AsRef<long>(_segment.Data);

    /// <summary>Adds to it, in one step that nobody can come between.</summary>
    /// <param name="amount">What to add; may be negative. Overflow wraps around.</param>
    /// <returns>The number after that.</returns>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    public long Add(long amount) => Interlocked.Add(ref Number, amount);

    /// <summary>Adds one.</summary>
    /// <returns>The number after that: each caller gets another one.</returns>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    public long Increment() => Add(1);

    /// <summary>Ends the use of it here. The owner's call lets the memory go.</summary>
    public void Dispose()
    {
        if (_isOwner)
            _segment.Release();
    }

    SegmentAddress ISharedHandle<SharedCounter>.Address => _segment.Address;

    bool ISharedHandle<SharedCounter>.IsOwner => _isOwner;

    static SharedCounter ISharedHandle<SharedCounter>.Open(SharedSegment segment) => new(segment);
}
