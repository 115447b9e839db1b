using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ManyHands.Payloads;

/// <summary>The few kinds of field that addresses and failures consist of; <see cref="FieldReader"/> reads them back.</summary>
internal static class FieldWriter
{
    public static void WriteByte(this IBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    public static void WriteInt32(this IBufferWriter<byte> output, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(sizeof(int)), value);
        output.Advance(sizeof(int));
    }

    public static void WriteInt64(this IBufferWriter<byte> output, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(sizeof(long)), value);
        output.Advance(sizeof(long));
    }

    public static void WriteGuid(this IBufferWriter<byte> output, Guid value)
    {
        value.TryWriteBytes(output.GetSpan(16));
        output.Advance(16);
    }

    /// <summary>The length in characters, −1 for null, and UTF-16, which no text can fail to have.</summary>
    public static void WriteText(this IBufferWriter<byte> output, string? value)
    {
        output.WriteInt32(value?.Length ?? -1);
        output.Write(MemoryMarshal.AsBytes(value.AsSpan()));
    }

    /// <summary>The length, −1 for null, and the bytes.</summary>
    public static void WriteBlock(this IBufferWriter<byte> output, byte[]? value)
    {
        output.WriteInt32(value?.Length ?? -1);
        output.Write(value);
    }
}
