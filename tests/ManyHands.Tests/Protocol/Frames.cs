using ManyHands.Protocol;

namespace ManyHands.Tests.Protocol;

/// <summary>Streams of frames as bytes, and what a reader makes of them.</summary>
internal static class Frames
{
    public static byte[] Of(params (FrameKind Kind, byte[] Body)[] frames)
    {
        var bytes = new List<byte>();
        for (int i = 0; i < frames.Length; i++)
        {
            byte[] header = new byte[FrameHeader.Size];
            new FrameHeader(frames[i].Kind, frames[i].Body.Length, (ushort)i, 100 + i, -i).Write(header);
            bytes.AddRange(header);
            bytes.AddRange(frames[i].Body);
        }

        return [.. bytes];
    }

    /// <summary>Reads all frames; the bytes come in pieces of the given size.</summary>
    /// <returns>The frames, and whether the stream broke the protocol.</returns>
    public static (List<(FrameHeader Header, byte[] Body)> Frames, bool Broken) Read(byte[] bytes, int piece = int.MaxValue)
    {
        int at = 0, calls = 0;
        var reader = new FrameReader(buffer =>
        {
            (++calls).ShouldBeLessThan(10 + (2 * bytes.Length), "it asks again and again");
            buffer.Length.ShouldBeGreaterThan(0);
            int count = Math.Min(Math.Min(piece, bytes.Length - at), buffer.Length);
            bytes.AsSpan(at, count).CopyTo(buffer);
            at += count;
            return count;
        });
        var frames = new List<(FrameHeader Header, byte[] Body)>();
        try
        {
            while (reader.TryRead(out FrameHeader header))
                frames.Add((header, reader.Body.ToArray()));
            return (frames, false);
        }
        catch (ProtocolException)
        {
            return (frames, true);
        }
    }
}
