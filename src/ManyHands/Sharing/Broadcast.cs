using System.Text.Json.Serialization;
using ManyHands.Payloads;
using ManyHands.Sharing;

namespace ManyHands;

/// <summary>
/// A value that many tasks need: encoded once when this is made, decoded once in each worker that uses it, whatever number of tasks it runs. What travels with
/// a task is a handle. For values that do not change: each worker has its copy, and changes to a copy are seen by later tasks of that worker alone.
/// </summary>
/// <remarks>
/// Pass it as an argument, alone or inside of a tuple or record. It must not be disposed before the tasks that use it have ended. On threads nothing is copied:
/// the tasks see the value itself. Linux. Thread-safe.
/// </remarks>
/// <typeparam name="T">Any type that a task can take as its argument.</typeparam>
[JsonConverter(typeof(SharedHandles))]
public sealed class Broadcast<T> : IDisposable, ISharedHandle<Broadcast<T>>
{
    private readonly SharedSegment _segment;
    private readonly bool _isOwner;
    private readonly object _worker;
    private T? _value;
    private bool _isDecoded;

    /// <summary>Encodes a value.</summary>
    /// <param name="value">The value. Later changes to it are not seen by other processes.</param>
    /// <exception cref="PayloadException">The value cannot travel unchanged; the message names the member.</exception>
    /// <exception cref="ResourceExhaustedException">The system has not that much memory available.</exception>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux.</exception>
    public Broadcast(T value)
    {
        _segment = Encode(value);
        _isOwner = true;
        _worker = WorkerScope.Current;
        _value = value;
        _isDecoded = true;
    }

    private Broadcast(SharedSegment segment)
    {
        _segment = segment;
        _worker = WorkerScope.Current; // the thread that decodes a task's argument is its worker's
    }

    /// <summary>The value; decoded at the first call in each worker.</summary>
    /// <exception cref="PayloadException">It cannot be decoded.</exception>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    public T Value
    {
        get
        {
            ObjectDisposedException.ThrowIf(_segment.IsReleased, typeof(Broadcast<T>));
            if (!Volatile.Read(ref _isDecoded))
            {
                _value = Copy();
                Volatile.Write(ref _isDecoded, true);
            }

            return _value!;
        }
    }

    /// <summary>Ends the use of it here. The owner's call lets the memory go.</summary>
    public void Dispose()
    {
        if (_isOwner)
            _segment.Release();
    }

    SegmentAddress ISharedHandle<Broadcast<T>>.Address => _segment.Address with { IsReadOnly = true };

    bool ISharedHandle<Broadcast<T>>.IsOwner => _isOwner;

    static Broadcast<T> ISharedHandle<Broadcast<T>>.Open(SharedSegment segment) => new(segment);

    private unsafe T Copy() => _segment.Attachment(static _ => new BroadcastCopies()).For(
        _worker,
        () => Payload.Decode<T>(PayloadCodec.Default, new ReadOnlySpan<byte>(_segment.Data, (int)_segment.Length), PayloadSide.WorkerInput));

    private static unsafe SharedSegment Encode(T value)
    {
        using var head = new PayloadWriter { Limit = Payload.MaxLength };
        LargeValue? large = LargeValue.ToSend(PayloadCodec.Default, value);
        if (large is not null)
            head.WriteLarge(large);
        else
            PayloadCodec.Encode(PayloadCodec.Default, value, head, PayloadSide.Submit);
        ReadOnlySpan<byte> tail = large is null ? default : large.Bytes;
        SharedSegment segment = SharedSegment.Create((long)head.WrittenCount + tail.Length, reserve: true, ownWrites: true);
        head.WrittenSpan.CopyTo(new Span<byte>(segment.Data, head.WrittenCount));
        tail.CopyTo(new Span<byte>(segment.Data + head.WrittenCount, tail.Length));
        return segment;
    }
}
