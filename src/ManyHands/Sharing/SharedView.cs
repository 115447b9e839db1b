using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using ManyHands.Sharing;

namespace ManyHands;

/// <summary>A <see cref="SharedArray{T}"/> for readers. It lives as long as the array does, and travels as that does.</summary>
/// <typeparam name="T">An unmanaged type.</typeparam>
[JsonConverter(typeof(SharedHandles))]
public sealed class SharedView<T> : ISharedHandle<SharedView<T>> where T : unmanaged
{
    private readonly SharedSegment _segment;

    private readonly bool _isOwner;

    internal SharedView(SharedSegment segment, bool isOwner) => (_segment, _isOwner) = (segment, isOwner);

    /// <summary>Number of elements.</summary>
    public int Length => (int)(_segment.Length / Unsafe.SizeOf<T>());

    /// <summary>The elements, in place. A span that is used after the array has been disposed shows zeros.</summary>
    /// <exception cref="ObjectDisposedException">The array has been disposed.</exception>
    public unsafe ReadOnlySpan<T> Span => new(_segment.Data, Length);

    /// <summary>One element.</summary>
    /// <param name="index">From 0.</param>
    public T this[int index] => Span[index];

    SegmentAddress ISharedHandle<SharedView<T>>.Address => _segment.Address with { IsReadOnly = true };

    bool ISharedHandle<SharedView<T>>.IsOwner => _isOwner;

    static SharedView<T> ISharedHandle<SharedView<T>>.Open(SharedSegment segment) => new(segment, isOwner: false);
}
