using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ManyHands.Payloads;

/// <summary>Framework types that keep their state to themselves, and have an exact form in bytes all the same: Base64 in JSON, as values and as keys.</summary>
internal static class ExactBytes
{
    private const int AddressV4 = 4;
    private const int AddressV6 = 16;

    public static JsonConverter[] Converters { get; } =
    [
        new ExactBytesConverter<BigInteger>(value => value.ToByteArray(), bytes => new BigInteger(bytes)),
        new ExactBytesConverter<IPAddress>(Write, Read),
        new ExactBytesConverter<IPEndPoint>(
            value => [.. Number(value.Port), .. Write(value.Address)], bytes => new IPEndPoint(Read(bytes[sizeof(int)..]), ReadNumber(bytes))),
        new ExactBytesConverter<IPNetwork>(
            value => [.. Number(value.PrefixLength), .. Write(value.BaseAddress)], bytes => new IPNetwork(Read(bytes[sizeof(int)..]), ReadNumber(bytes))),
        new ExactBytesConverter<PhysicalAddress>(value => value.GetAddressBytes(), bytes => new PhysicalAddress(bytes)),
    ];

    /// <summary>The type has one.</summary>
    public static bool Has(Type type) => Array.Exists(Converters, converter => converter.Type == type);

    // Six more bytes than the address alone for IPv6: where it is valid.
    private static byte[] Write(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        return bytes.Length == AddressV4 ? bytes : [.. bytes, .. BitConverter.GetBytes(address.ScopeId)];
    }

    private static IPAddress Read(byte[] bytes) => bytes.Length switch
    {
        AddressV4 => new IPAddress(bytes),
        AddressV6 + sizeof(long) => new IPAddress(bytes.AsSpan(0, AddressV6), BitConverter.ToInt64(bytes, AddressV6)),
        _ => throw RawFormat.WrongLength(typeof(IPAddress), bytes.Length),
    };

    private static byte[] Number(int value)
    {
        byte[] bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static int ReadNumber(byte[] bytes) => BinaryPrimitives.ReadInt32LittleEndian(bytes);
}

internal sealed class ExactBytesConverter<T>(Func<T, byte[]> write, Func<byte[], T> read) : JsonConverter<T> where T : notnull
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => read(reader.GetBytesFromBase64());

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteBase64StringValue(BytesOf(value));

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => read(Convert.FromBase64String(reader.GetString()!));

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
        => writer.WritePropertyName(Convert.ToBase64String(BytesOf(value)));

    // The framework's own variants, such as the address that nobody may change, are the same value. A stranger's may be more than that.
    private byte[] BytesOf(T value) => value.GetType().Assembly == typeof(T).Assembly
        ? write(value)
        : throw new RefusedValueException(ExactContract.OtherType(value.GetType(), typeof(T)));
}
