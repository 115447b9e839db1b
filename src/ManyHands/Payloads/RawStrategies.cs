using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ManyHands.Payloads;

/// <summary>UTF-16 as it lies in memory, so that lone surrogates survive.</summary>
internal sealed class RawText : RawStrategy<string?>
{
    public override void Encode(string? value, IBufferWriter<byte> output)
    {
        Mark(value is null ? Null : Present, output);
        RawArray<char>.WriteElements(value, output);
    }

    public override string? Decode(ReadOnlySpan<byte> payload)
        => TryContent(payload, sizeof(char), out var content)
            ? string.Create(content.Length / sizeof(char), content, static (text, bytes) => bytes.CopyTo(MemoryMarshal.AsBytes(text)))
            : null;
}

internal sealed class RawArray<TElement> : RawStrategy<TElement[]?>
{
    public override void Encode(TElement[]? value, IBufferWriter<byte> output)
    {
        // The runtime lets an int[] variable hold a uint[]; it would arrive as int[].
        if (value is not null && value.GetType() != typeof(TElement[]))
            throw new PayloadException(ExactContract.OtherType(value.GetType(), typeof(TElement[])));

        Mark(value is null ? Null : Present, output);
        WriteElements(value, output);
    }

    public override TElement[]? Decode(ReadOnlySpan<byte> payload)
        => ReadElements(TryContent(payload, Unsafe.SizeOf<TElement>(), out var content), content);

    public override LargeValue<TElement[]?>? ToFill(int length) => length % Unsafe.SizeOf<TElement>() == 0
        ? new LargeArray<TElement>(GC.AllocateUninitializedArray<TElement>(length / Unsafe.SizeOf<TElement>()))
        : null;

    public override LargeValue<TElement[]?>? ToSend(TElement[]? value) =>
        value?.GetType() == typeof(TElement[]) && (long)value.Length * Unsafe.SizeOf<TElement>() < Payload.MaxLength ? new LargeArray<TElement>(value) : null;

    internal static void WriteElements(ReadOnlySpan<TElement> elements, IBufferWriter<byte> output)
    {
        long size = (long)elements.Length * Unsafe.SizeOf<TElement>();
        if (size >= Array.MaxLength)
            throw new PayloadTooLargeException(Array.MaxLength, size);

        // In one piece: the writer would otherwise grow, and copy, many times.
        ReadOnlySpan<byte> bytes = RawLayout.BytesOf(elements);
        bytes.CopyTo(output.GetSpan(bytes.Length));
        output.Advance(bytes.Length);
    }

    internal static TElement[]? ReadElements(bool present, ReadOnlySpan<byte> content)
    {
        if (!present)
            return null;

        var elements = GC.AllocateUninitializedArray<TElement>(content.Length / Unsafe.SizeOf<TElement>());
        content.CopyTo(RawLayout.BytesOf(elements.AsSpan()));
        return elements;
    }
}

internal sealed class RawMemory<TElement> : RawStrategy<Memory<TElement>>
{
    public override void Encode(Memory<TElement> value, IBufferWriter<byte> output)
    {
        Mark(Present, output);
        RawArray<TElement>.WriteElements(value.Span, output);
    }

    public override Memory<TElement> Decode(ReadOnlySpan<byte> payload)
        => RawArray<TElement>.ReadElements(TryContent(payload, Unsafe.SizeOf<TElement>(), out var content), content);
}

internal sealed class RawReadOnlyMemory<TElement> : RawStrategy<ReadOnlyMemory<TElement>>
{
    public override void Encode(ReadOnlyMemory<TElement> value, IBufferWriter<byte> output)
    {
        Mark(Present, output);
        RawArray<TElement>.WriteElements(value.Span, output);
    }

    public override ReadOnlyMemory<TElement> Decode(ReadOnlySpan<byte> payload)
        => RawArray<TElement>.ReadElements(TryContent(payload, Unsafe.SizeOf<TElement>(), out var content), content);
}

/// <summary>The elements of the segment; it arrives at the beginning of an array of its own.</summary>
internal sealed class RawSegment<TElement> : RawStrategy<ArraySegment<TElement>>
{
    public override void Encode(ArraySegment<TElement> value, IBufferWriter<byte> output)
    {
        Mark(value.Array is null ? Null : Present, output);
        RawArray<TElement>.WriteElements(value.AsSpan(), output);
    }

    public override ArraySegment<TElement> Decode(ReadOnlySpan<byte> payload)
        => RawArray<TElement>.ReadElements(TryContent(payload, Unsafe.SizeOf<TElement>(), out var content), content) is { } elements
            ? new ArraySegment<TElement>(elements)
            : default;
}
