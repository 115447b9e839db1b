using System.Buffers.Binary;
using ManyHands.Protocol;

namespace ManyHands.Chaos.Fuzzing;

/// <summary>Spoils valid bytes in all the ways in which bytes are spoilt.</summary>
internal sealed class Spoiler(Random random)
{
    private const int HighByteOfLength = 3;

    private static readonly int[] _lengths = [0, -1, 1, int.MaxValue, int.MinValue, FrameHeader.MaxLength + 1, FrameHeader.MaxLength, 1 << 20];

    private static readonly long[] _numbers =
        [0, 1, -1, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, uint.MaxValue, ushort.MaxValue, 1L << 32];

    /// <summary>Spoils one frame, or what follows it.</summary>
    public byte[] Frame(byte[] frame)
    {
        frame = [.. frame];
        switch (random.Next(12))
        {
            case 0: // and what follows is read at the wrong place
                return frame[..random.Next(frame.Length)];
            case 1:
                Flip(frame);
                break;
            case 2:
                BinaryPrimitives.WriteInt32LittleEndian(frame, Length(frame.Length));
                break;
            case 3:
                frame[4] = (byte)random.Next(256);
                break;
            case 4:
                BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(6), (ushort)random.Next(random.Next(2) == 0 ? 8 : 65536));
                break;
            case 5:
                BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(8), Number(BinaryPrimitives.ReadInt64LittleEndian(frame.AsSpan(8))));
                break;
            case 6:
                BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(16), Number(BinaryPrimitives.ReadInt64LittleEndian(frame.AsSpan(16))));
                break;
            case 7:
                random.NextBytes(frame.AsSpan(FrameHeader.Size));
                break;
            case 8: // twice
                return [.. frame, .. frame];
            case 9: // another body, announced as it is
                byte[] body = Bytes(frame[FrameHeader.Size..]);
                BinaryPrimitives.WriteInt32LittleEndian(frame, body.Length);
                return [.. frame[..FrameHeader.Size], .. body];
            case 10: // something between two frames
                byte[] noise = new byte[random.Next(1, 40)];
                random.NextBytes(noise);
                return [.. frame, .. noise];
            default:
                frame[5] = (byte)random.Next(256);
                break;
        }

        return frame;
    }

    /// <summary>Spoils bytes that have no header.</summary>
    public byte[] Bytes(byte[] bytes)
    {
        switch (random.Next(5))
        {
            case 0:
                return bytes[..random.Next(bytes.Length + 1)];
            case 1 when bytes.Length > 0:
                bytes = [.. bytes];
                Flip(bytes);
                return bytes;
            case 2 when bytes.Length >= sizeof(int): // where a length may be
                bytes = [.. bytes];
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(random.Next(bytes.Length - 3)), Length(bytes.Length));
                return bytes;
            case 3:
                byte[] other = new byte[random.Next(200)];
                random.NextBytes(other);
                return other;
            default:
                return [.. bytes, .. bytes[..random.Next(bytes.Length + 1)]];
        }
    }

    private void Flip(byte[] bytes)
    {
        for (int flips = random.Next(1, 8); flips > 0; flips--)
        {
            int at = random.Next(bytes.Length);
            if (at != HighByteOfLength || IsRare())
                bytes[at] ^= (byte)(1 << random.Next(8));
        }
    }

    private int Length(int right)
    {
        if (random.Next(2) == 0)
            return right + random.Next(-3, 4);
        int length = _lengths[random.Next(_lengths.Length)];

        // A legal length of a gigabyte costs the reader that memory for a moment.
        return length != FrameHeader.MaxLength || IsRare() ? length : -1;
    }

    private long Number(long right) => random.Next(3) switch
    {
        0 => right + random.Next(-2, 3),
        1 => _numbers[random.Next(_numbers.Length)],
        _ => random.NextInt64(),
    };

    private bool IsRare() => random.Next(2000) == 0;
}
