using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ManyHands.Payloads;

/// <summary>
/// Unmanaged values and arrays of them inside JSON objects: their bytes as Base64, as exact as when they travel alone (the payload of a
/// NaN, the kind of a DateTime, private fields of a struct). Integers and booleans stay as JSON has them, which is exact too.
/// </summary>
internal sealed class RawMemberConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert)
    {
        var type = typeToConvert.IsSZArray ? typeToConvert.GetElementType()! : typeToConvert;
        if (!RawLayout.IsRaw(type))
            return false;
        if (typeToConvert.IsArray)
            return true;
        if (Nullable.GetUnderlyingType(type) is not null)
            return false; // The serializer writes null itself, and asks again for the value's type.
        return type.IsEnum || Type.GetTypeCode(type) is not (TypeCode.Boolean
            or TypeCode.SByte or TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64
            or TypeCode.Byte or TypeCode.UInt16 or TypeCode.UInt32 or TypeCode.UInt64);
    }

    public override JsonConverter? CreateConverter(Type typeToConvert, JsonSerializerOptions options)
    {
        var converter = typeToConvert.IsArray
            ? typeof(RawArrayConverter<>).MakeGenericType(typeToConvert.GetElementType()!)
            : typeof(RawMemberConverter<>).MakeGenericType(typeToConvert);
        return (JsonConverter?)Activator.CreateInstance(converter);
    }
}

internal sealed class RawMemberConverter<TValue> : JsonConverter<TValue> where TValue : struct
{
    public override TValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => ValueOf(reader.GetBytesFromBase64());

    public override void Write(Utf8JsonWriter writer, TValue value, JsonSerializerOptions options)
        => writer.WriteBase64StringValue(BytesOf(ref value));

    public override TValue ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => ValueOf(Convert.FromBase64String(reader.GetString()!));

    public override void WriteAsPropertyName(Utf8JsonWriter writer, TValue value, JsonSerializerOptions options)
        => writer.WritePropertyName(Convert.ToBase64String(BytesOf(ref value)));

    private static ReadOnlySpan<byte> BytesOf(ref TValue value)
        => RawLayout.BytesOf(new Span<TValue>(ref value));

    private static TValue ValueOf(byte[] bytes)
    {
        if (bytes.Length != Unsafe.SizeOf<TValue>())
            throw RawFormat.WrongLength(typeof(TValue), bytes.Length);
        return Unsafe.ReadUnaligned<TValue>(in bytes[0]);
    }
}

internal sealed class RawArrayConverter<TElement> : JsonConverter<TElement[]>
{
    public override TElement[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        byte[] bytes = reader.GetBytesFromBase64();
        if (bytes.Length % Unsafe.SizeOf<TElement>() != 0)
            throw RawFormat.WrongLength(typeof(TElement[]), bytes.Length);
        return typeof(TElement) == typeof(byte) ? (TElement[])(object)bytes : RawArray<TElement>.ReadElements(true, bytes)!;
    }

    public override void Write(Utf8JsonWriter writer, TElement[] value, JsonSerializerOptions options)
    {
        if (value.GetType() != typeof(TElement[]))
            throw new RefusedValueException(ExactContract.OtherType(value.GetType(), typeof(TElement[])));
        writer.WriteBase64StringValue(RawLayout.BytesOf<TElement>(value));
    }
}
