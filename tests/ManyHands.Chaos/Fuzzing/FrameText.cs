using ManyHands.Payloads;
using ManyHands.Protocol;

namespace ManyHands.Chaos.Fuzzing;

/// <summary>Frames as bytes: makes them, and reads them back without the library's reader, to know what a text says.</summary>
internal static class FrameText
{
    /// <summary>All kinds that there are, whatever they are called.</summary>
    public static IReadOnlyList<FrameKind> Kinds { get; } = [.. Enum.GetValues<FrameKind>().Where(kind => kind != FrameKind.None)];

    public static byte[] Write(FrameHeader header, ReadOnlySpan<byte> body)
    {
        byte[] frame = new byte[FrameHeader.Size + body.Length];
        (header with { Length = body.Length }).Write(frame);
        body.CopyTo(frame.AsSpan(FrameHeader.Size));
        return frame;
    }

    /// <summary>A body that a frame of this kind may have.</summary>
    public static byte[] BodyOf(FrameKind kind, Random random)
    {
        var writer = new PayloadWriter();
        switch (kind)
        {
            case FrameKind.Hello:
                Greeting.Own.Write(writer);
                break;
            case FrameKind.StartFailed or FrameKind.Failed or FrameKind.BatchFailed:
                Samples.Failure(random).Write(writer);
                break;
            default:
                byte[] bytes = new byte[random.Next(24)];
                random.NextBytes(bytes);
                return bytes;
        }

        return writer.WrittenSpan.ToArray();
    }

    /// <summary>The frames at the beginning of a text, up to the first that is none or is cut off.</summary>
    /// <param name="text">The bytes.</param>
    /// <param name="announced">Bytes that the frame after them announces, if its header is one.</param>
    public static List<FrameHeader> Read(ReadOnlySpan<byte> text, out long announced)
    {
        var frames = new List<FrameHeader>();
        announced = 0;
        while (text.Length >= FrameHeader.Size)
        {
            uint length = BitConverter.ToUInt32(text);
            var kind = (FrameKind)text[4];
            if (length > FrameHeader.MaxLength || !Kinds.Contains(kind) || text[5] != 0)
                break;
            if (length > text.Length - FrameHeader.Size)
            {
                announced = length;
                break;
            }

            frames.Add(new FrameHeader(
                kind, (int)length, BitConverter.ToUInt16(text[6..]), BitConverter.ToInt64(text[8..]), BitConverter.ToInt64(text[16..])));
            text = text[(FrameHeader.Size + (int)length)..];
        }

        return frames;
    }
}
