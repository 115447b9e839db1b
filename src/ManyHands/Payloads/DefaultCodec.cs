using System.Buffers;
using System.Runtime.CompilerServices;

namespace ManyHands.Payloads;

/// <summary>
/// Unmanaged values, strings, arrays and memory of unmanaged values travel as their bytes in memory: both ends run the same build on the
/// same kind of machine. Everything else travels as checked JSON.
/// </summary>
internal sealed class DefaultCodec : IPayloadCodec
{
    public void Encode<T>(T value, IBufferWriter<byte> output)
    {
        if (RawFormat<T>.IsUnmanaged)
        {
            int size = Unsafe.SizeOf<T>();
            var span = output.GetSpan(size);
            // A writer that breaks its promise must not corrupt memory.
            ArgumentOutOfRangeException.ThrowIfLessThan(span.Length, size, nameof(output));
            Unsafe.WriteUnaligned(ref span[0], value);
            output.Advance(size);
        }
        else if (RawFormat<T>.Strategy is { } strategy)
        {
            strategy.Encode(value, output);
        }
        else
        {
            EncodeJson(value, output);
        }
    }

    public T Decode<T>(ReadOnlySpan<byte> payload)
    {
        if (RawFormat<T>.IsUnmanaged)
        {
            if (payload.Length != Unsafe.SizeOf<T>())
                throw RawFormat.WrongLength(typeof(T), payload.Length);
            return Unsafe.ReadUnaligned<T>(in payload[0]);
        }

        return RawFormat<T>.Strategy is { } strategy ? strategy.Decode(payload) : DecodeJson<T>(payload);
    }

    /// <summary>Of a type that is not raw: throws where no value of it can travel.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Examine<T>() => _ = JsonFormat<T>.Contract();

    // Not inlined: a process whose values are all raw does not load what JSON needs.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void EncodeJson<T>(T value, IBufferWriter<byte> output) => JsonFormat<T>.Encode(value, output);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T DecodeJson<T>(ReadOnlySpan<byte> payload) => JsonFormat<T>.Decode(payload);
}
