using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace ManyHands.Payloads;

/// <summary>How <typeparamref name="T"/> travels as plain memory, decided once per type.</summary>
internal static class RawFormat<T>
{
    /// <summary>The value itself is its bytes. A constant for the just-in-time compiler.</summary>
    public static readonly bool IsUnmanaged =
        !RuntimeHelpers.IsReferenceOrContainsReferences<T>() && RawLayout.FindAddress(typeof(T)) is null;

    /// <summary>For strings, arrays and memory; else null.</summary>
    public static readonly RawStrategy<T>? Strategy = (RawStrategy<T>?)RawFormat.StrategyFor(typeof(T));
}

/// <summary>Writes and reads one type of value whose bytes are preceded by one byte: 0 for null, 1 for a value.</summary>
internal abstract class RawStrategy<T>
{
    protected const byte Null = 0;
    protected const byte Present = LargeValue.Mark;

    public abstract void Encode(T value, IBufferWriter<byte> output);

    public abstract T Decode(ReadOnlySpan<byte> payload);

    /// <summary>A value whose memory takes this many bytes; null where there is none.</summary>
    public virtual LargeValue<T>? ToFill(int length) => null;

    /// <summary>The memory of a value, as its payload after the mark; null where its payload is something else.</summary>
    public virtual LargeValue<T>? ToSend(T value) => null;

    protected static void Mark(byte mark, IBufferWriter<byte> output)
    {
        output.GetSpan(1)[0] = mark;
        output.Advance(1);
    }

    /// <summary>The bytes after the mark; false for null.</summary>
    protected static bool TryContent(ReadOnlySpan<byte> payload, int elementSize, out ReadOnlySpan<byte> content)
    {
        content = payload.IsEmpty ? default : payload[1..];
        if (payload.IsEmpty || payload[0] > Present || (payload[0] == Null && payload.Length > 1) || content.Length % elementSize != 0)
            throw RawFormat.WrongLength(typeof(T), payload.Length);
        return payload[0] == Present;
    }
}

internal static class RawFormat
{
    /// <summary>The strategy for a type, or null where it has none.</summary>
    public static object? StrategyFor(Type type)
    {
        if (type == typeof(string))
            return new RawText();
        if (type.IsSZArray)
            return Create(typeof(RawArray<>), type.GetElementType()!);
        if (!type.IsGenericType)
            return null;

        var definition = type.GetGenericTypeDefinition();
        var strategy = definition == typeof(Memory<>) ? typeof(RawMemory<>)
            : definition == typeof(ReadOnlyMemory<>) ? typeof(RawReadOnlyMemory<>)
            : definition == typeof(ArraySegment<>) ? typeof(RawSegment<>)
            : null;
        return strategy is null ? null : Create(strategy, type.GetGenericArguments()[0]);
    }

    public static PayloadException WrongLength(Type type, int length) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"{TypeNames.Of(type)}: {length} bytes are no value of this type. Both sides must run the same build."));

    private static object? Create(Type strategy, Type element)
        => RawLayout.IsRaw(element) ? Activator.CreateInstance(strategy.MakeGenericType(element)) : null;
}
