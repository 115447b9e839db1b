using System.Buffers;

namespace ManyHands.Payloads;

/// <summary>
/// Where executors and workers encode and decode: with any codec, and every failure as a <see cref="PayloadException"/> of its side.
/// </summary>
internal static class PayloadCodec
{
    private static readonly DefaultCodec _default = new();

    /// <summary>Raw where the type allows it, else checked JSON.</summary>
    public static IPayloadCodec Default => _default;

    /// <summary>With the default codec, decoding runs no user code and no JSON.</summary>
    public static bool IsRaw<T>() => RawFormat<T>.IsUnmanaged || RawFormat<T>.Strategy is not null;

    /// <summary>
    /// Refuses a type of which no value can travel, before there is one. Other codecs than the default one say so only when they see a value.
    /// </summary>
    /// <exception cref="PayloadException">No value of this type can travel.</exception>
    public static void RequireTravels<T>(IPayloadCodec codec, PayloadSide side)
    {
        if (!ReferenceEquals(codec, _default) || IsRaw<T>() || typeof(T) == typeof(Nothing))
            return;
        try
        {
            DefaultCodec.Examine<T>();
        }
        catch (PayloadException error)
        {
            error.Side = side;
            throw;
        }
    }

    /// <summary>Encodes; whatever fails, fails as a <see cref="PayloadException"/> with this side.</summary>
    public static void Encode<T>(IPayloadCodec codec, T value, IBufferWriter<byte> output, PayloadSide side)
    {
        try
        {
            // The direct call saves the lookup of a generic virtual method, which costs more than encoding a number.
            if (ReferenceEquals(codec, _default))
                _default.Encode(value, output);
            else
                codec.Encode(value, output);
        }
        catch (PayloadException error)
        {
            error.Side = side;
            throw;
        }
        catch (Exception error)
        {
            // The codec is foreign code: whatever it throws is a failure of this value and of nothing else.
            throw Failed<T>(codec, error, side);
        }
    }

    /// <summary>Decodes; whatever fails, fails as a <see cref="PayloadException"/> with this side.</summary>
    public static T Decode<T>(IPayloadCodec codec, ReadOnlySpan<byte> payload, PayloadSide side)
    {
        try
        {
            return ReferenceEquals(codec, _default) ? _default.Decode<T>(payload) : codec.Decode<T>(payload);
        }
        catch (PayloadException error)
        {
            error.Side = side;
            throw;
        }
        catch (Exception error)
        {
            throw Failed<T>(codec, error, side);
        }
    }

    private static PayloadException Failed<T>(IPayloadCodec codec, Exception error, PayloadSide side)
        => new($"{TypeNames.Of(typeof(T))}: the codec {TypeNames.Of(codec.GetType())} threw {error.GetType().Name}: {error.Message}", error)
        {
            Side = side,
        };
}
