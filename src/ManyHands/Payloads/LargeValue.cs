namespace ManyHands.Payloads;

/// <summary>A value so large that its bytes are received right into it, and sent right from it, instead of passing through a buffer.</summary>
internal abstract class LargeValue
{
    /// <summary>Payloads above this size are worth it.</summary>
    public const int Threshold = 256 * 1024;

    /// <summary>What stands before the bytes of a value that is not null.</summary>
    public const byte Mark = 1;

    /// <summary>The memory of the value itself.</summary>
    public abstract Span<byte> Bytes { get; }

    /// <summary>A value to be filled with a payload of this length, its mark included. Null where the type has none, or has none of this length.</summary>
    public static LargeValue<T>? ToFill<T>(IPayloadCodec codec, int length) =>
        ReferenceEquals(codec, PayloadCodec.Default) ? RawFormat<T>.Strategy?.ToFill(length - 1) : null;

    /// <summary>A value to be sent. Null where it is small, or its type cannot be sent this way.</summary>
    public static LargeValue<T>? ToSend<T>(IPayloadCodec codec, T value) =>
        ReferenceEquals(codec, PayloadCodec.Default) && RawFormat<T>.Strategy?.ToSend(value) is { } large && large.Bytes.Length > Threshold ? large : null;
}

/// <inheritdoc/>
internal abstract class LargeValue<T> : LargeValue
{
    public abstract T Value { get; }
}

/// <summary>An array of raw elements.</summary>
internal sealed class LargeArray<TElement>(TElement[] value) : LargeValue<TElement[]?>
{
    public override TElement[] Value => value;

    public override Span<byte> Bytes => RawLayout.BytesOf(value.AsSpan());
}
