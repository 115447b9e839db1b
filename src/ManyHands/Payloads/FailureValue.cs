using System.Runtime.CompilerServices;

namespace ManyHands.Payloads;

/// <summary>
/// The value of one member of an exception as bytes: a mark, then what <see cref="PayloadCodec"/> makes of the declared type. Where only <see cref="object"/>
/// is declared, simple values travel with the number of their type, and others that are plain memory, enums above all, with its name.
/// </summary>
internal static class FailureValue
{
    /// <summary>The largest value that is taken along, in bytes.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>The whole value, where it is the exception's cause, which travels by itself.</summary>
    public const byte Cause = 255;

    private const byte Null = 0;
    private const byte Declared = 1;
    private const byte Raw = 2;
    private const byte FirstSimple = 3;

    private static readonly Type[] _simple =
    [
        typeof(string), typeof(bool), typeof(char), typeof(sbyte), typeof(byte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long),
        typeof(ulong), typeof(Int128), typeof(UInt128), typeof(Half), typeof(float), typeof(double), typeof(decimal), typeof(Guid), typeof(TimeSpan),
        typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(Uri), typeof(Version),
    ];

    /// <summary>The value as bytes, or null where it cannot travel unchanged.</summary>
    public static byte[]? TryEncode(Type declared, object? value)
    {
        if (value is null)
            return [Null];
        using var output = new PayloadWriter { Limit = MaxLength };
        try
        {
            if (declared != typeof(object))
            {
                output.WriteByte(Declared);
                Codec.For(Nullable.GetUnderlyingType(declared) ?? declared).Encode(value, output);
            }
            else if (Array.IndexOf(_simple, value.GetType()) is >= 0 and var number)
            {
                output.WriteByte((byte)(FirstSimple + number));
                Codec.For(value.GetType()).Encode(value, output);
            }
            else if (RawLayout.IsRaw(value.GetType()))
            {
                output.WriteByte(Raw);
                FailureType.Of(value.GetType()).Write(output);
                Codec.For(value.GetType()).Encode(value, output);
            }
            else
            {
                return null;
            }
        }
        catch (Exception)
        {
            // No codec for such a type, a value that is too large, a getter that fails: for whoever asks it is one.
            return null;
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>The value. Throws anything where the bytes are none.</summary>
    public static object? Decode(Type declared, ReadOnlySpan<byte> bytes, FailureTypes types)
    {
        var reader = new FieldReader(bytes);
        byte mark = reader.ReadByte();
        if (mark == Null)
            return reader.IsAtEnd ? null : throw FieldReader.Malformed();
        if (declared != typeof(object))
            return mark == Declared ? Codec.For(Nullable.GetUnderlyingType(declared) ?? declared).Decode(bytes[1..]) : throw FieldReader.Malformed();
        if (mark == Raw)
        {
            var named = FailureType.Read(ref reader);
            return types.Find(named) is { } type && RawLayout.IsRaw(type) ? Codec.For(type).Decode(reader.Rest) : throw FieldReader.Malformed();
        }

        return mark >= FirstSimple && mark - FirstSimple < _simple.Length
            ? Codec.For(_simple[mark - FirstSimple]).Decode(bytes[1..])
            : throw FieldReader.Malformed();
    }

    /// <summary>The payload codec for a type that is known at run time only.</summary>
    private abstract class Codec
    {
        private static readonly ConditionalWeakTable<Type, Codec> _known = [];

        public static Codec For(Type type) =>
            _known.GetValue(type, static type => (Codec)Activator.CreateInstance(typeof(Typed<>).MakeGenericType(type))!);

        public abstract void Encode(object value, PayloadWriter output);

        public abstract object? Decode(ReadOnlySpan<byte> bytes);

        private sealed class Typed<T> : Codec
        {
            // As a result: it leaves its worker, and may outlive it.
            public override void Encode(object value, PayloadWriter output) => Payload.EncodeResult(PayloadCodec.Default, (T)value, output);

            public override object? Decode(ReadOnlySpan<byte> bytes) => Payload.Decode<T>(PayloadCodec.Default, bytes, PayloadSide.ParentResult);
        }
    }
}
