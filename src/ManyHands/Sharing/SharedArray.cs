using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using ManyHands.Sharing;

namespace ManyHands;

/// <summary>
/// An array that tasks of any executor use in place: what travels is a handle of some forty bytes, never the elements. Whoever makes it owns it;
/// what workers write is seen by everybody at once, and nothing orders it: let each task write a range of its own, or guard what several write with a
/// <see cref="SharedLock"/>.
/// </summary>
/// <remarks>
/// <para>
/// Pass it as an argument, alone or inside of a tuple or record, and read or write through <see cref="Span"/>. It must not be disposed before the
/// tasks that use it have ended. When it is disposed, the memory goes as soon as no worker uses it any more; when any process is killed, its
/// use ends, and nothing is left behind. A worker that makes one cannot return it: the memory would end with the worker.
/// </para>
/// <para>Linux. The memory is taken when the array is made. Thread-safe as any array is: different elements at the same time.</para>
/// </remarks>
/// <typeparam name="T">An unmanaged type: numbers, structs of them; no references.</typeparam>
[JsonConverter(typeof(SharedHandles))]
public sealed class SharedArray<T> : IDisposable, ISharedHandle<SharedArray<T>> where T : unmanaged
{
    private readonly SharedSegment _segment;
    private readonly bool _isOwner;
    private bool _isDisposed;

    /// <summary>Makes an array of zeros.</summary>
    /// <param name="length">Number of elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    /// <exception cref="ResourceExhaustedException">The system has not that much memory available.</exception>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux.</exception>
    public SharedArray(int length) : this(SharedSegment.Create(Size(length), reserve: true), isOwner: true)
    {
    }

    private SharedArray(SharedSegment segment, bool isOwner) => (_segment, _isOwner) = (segment, isOwner);

    /// <summary>Makes a copy of elements that all tasks can use.</summary>
    /// <param name="elements">What to copy, once.</param>
    /// <returns>The array.</returns>
    /// <exception cref="ResourceExhaustedException">The system has not that much memory available.</exception>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux.</exception>
    public static SharedArray<T> CopyOf(ReadOnlySpan<T> elements)
    {
        var array = new SharedArray<T>(elements.Length);
        elements.CopyTo(array.Span);
        return array;
    }

    /// <summary>Number of elements.</summary>
    public int Length => (int)(_segment.Length / Unsafe.SizeOf<T>());

    /// <summary>The elements, in place. A span that is used after the array has been disposed shows zeros; keep the array while you use it.</summary>
    /// <exception cref="ObjectDisposedException">The array has been disposed.</exception>
    public unsafe Span<T> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(SharedArray<T>));
            return new Span<T>(_segment.Data, Length);
        }
    }

    /// <summary>One element, in place.</summary>
    /// <param name="index">From 0.</param>
    public ref T this[int index] => ref Span[index];

    /// <summary>The same memory for readers: in another process whoever writes to it faults, so that no task can spoil what the others read.</summary>
    /// <returns>A view that lives as long as the array does.</returns>
    public SharedView<T> AsReadOnly() => new(_segment, _isOwner);

    /// <summary>Ends the use of it here. The owner's call lets the memory go.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        if (_isOwner)
            _segment.Release();
    }

    SegmentAddress ISharedHandle<SharedArray<T>>.Address => _segment.Address;

    bool ISharedHandle<SharedArray<T>>.IsOwner => _isOwner;

    static SharedArray<T> ISharedHandle<SharedArray<T>>.Open(SharedSegment segment) => new(segment, isOwner: false);

    private static long Size(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return (long)length * Unsafe.SizeOf<T>();
    }
}
