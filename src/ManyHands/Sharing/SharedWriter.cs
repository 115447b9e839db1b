using System.Text.Json.Serialization;
using ManyHands.Payloads;
using ManyHands.Sharing;

namespace ManyHands;

/// <summary>The end of a <see cref="SharedChannel{T}"/> that tasks write to. Thread-safe.</summary>
/// <typeparam name="T">What is written.</typeparam>
[JsonConverter(typeof(SharedHandles))]
public sealed class SharedWriter<T> : ISharedHandle<SharedWriter<T>>
{
    [ThreadStatic]
    private static PayloadWriter? _idle;

    private readonly SharedSegment _segment;
    private readonly bool _isOwner;

    internal SharedWriter(SharedSegment segment, bool isOwner) => (_segment, _isOwner) = (segment, isOwner);

    /// <summary>Writes a message, and waits for room where the reader is behind. The reader sees it when this returns, at the latest.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends the waiting; nothing has been written then.</param>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">The channel is complete, or its reader has gone.</exception>
    /// <exception cref="PayloadException">The message cannot travel unchanged; the message names the member.</exception>
    /// <exception cref="PayloadTooLargeException">It is larger than the channel.</exception>
    /// <exception cref="InvalidOperationException">As many processes as can are writing already.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public void Write(T message, CancellationToken cancellationToken = default)
    {
        ChannelRing ring = _segment.Attachment(static segment => new ChannelMemory(segment)).Own;
        PayloadWriter bytes = _idle ?? new PayloadWriter();
        _idle = null; // a message's converter may write another
        bytes.Clear();
        if (_segment.IsOwner)
            PayloadCodec.Encode(PayloadCodec.Default, message, bytes, PayloadSide.Submit);
        else
            Payload.EncodeResult(PayloadCodec.Default, message, bytes, PayloadSide.Submit);
        ring.Write(bytes.WrittenSpan, cancellationToken);
        if (bytes.Capacity <= ChannelRing.KeptBuffer)
            _idle = bytes;
        else
            bytes.Dispose();
    }

    SegmentAddress ISharedHandle<SharedWriter<T>>.Address => _segment.Address;

    bool ISharedHandle<SharedWriter<T>>.IsOwner => _isOwner;

    static SharedWriter<T> ISharedHandle<SharedWriter<T>>.Open(SharedSegment segment) => new(segment, isOwner: false);
}
