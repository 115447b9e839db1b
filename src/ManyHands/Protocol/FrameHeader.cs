using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using ManyHands.Payloads;

namespace ManyHands.Protocol;

/// <summary>
/// The 24 bytes before every body, little-endian: body length (32 bits), kind (8), reserved (8), slot (16), task (64), and one number
/// whose meaning depends on the kind (64). The task stands here, outside of the payload, so that a payload that cannot be read still has
/// a task to fail.
/// </summary>
internal readonly record struct FrameHeader(FrameKind Kind, int Length = 0, ushort Slot = 0, long Task = 0, long Number = 0)
{
    public const int Size = 24;

    /// <summary>The longest body that is accepted: a value of 1 GiB with what stands around it.</summary>
    public const int MaxLength = Payload.MaxLength + 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, Length);
        target[4] = (byte)Kind;
        target[5] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(target[6..], Slot);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], Task);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], Number);
    }

    /// <summary>The length and the kind can be those of a frame.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool CanBe(ReadOnlySpan<byte> source) =>
        (uint)BinaryPrimitives.ReadInt32LittleEndian(source) <= MaxLength && (FrameKind)source[4] is > FrameKind.None and <= FrameKind.Pong && source[5] == 0;

    /// <exception cref="ProtocolException">The length or the kind is none.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FrameHeader Read(ReadOnlySpan<byte> source)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(source);
        var kind = (FrameKind)source[4];
        if (!CanBe(source))
            throw new ProtocolException($"a frame of kind {(byte)kind} and length {length} was received");
        return new FrameHeader(
            kind, length, BinaryPrimitives.ReadUInt16LittleEndian(source[6..]), BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]));
    }
}
