using System.Buffers.Binary;
using ManyHands.Payloads;
using ManyHands.Protocol;

namespace ManyHands.Tests.Protocol;

public sealed class FrameReaderTests
{
    private static readonly byte[] _stream = Frames.Of(
        (FrameKind.Hello, [1, 2, 3]), (FrameKind.Run, []), (FrameKind.Result, [.. Enumerable.Range(0, 200).Select(i => (byte)i)]));

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(24)]
    public void Frames_come_whole_however_the_bytes_arrive(int piece)
    {
        var (frames, broken) = Frames.Read(_stream, piece);
        broken.ShouldBeFalse();
        frames.Select(frame => frame.Header.Kind).ShouldBe([FrameKind.Hello, FrameKind.Run, FrameKind.Result]);
        frames[1].Header.ShouldBe(new FrameHeader(FrameKind.Run, 0, 1, 101, -1));
        frames[0].Body.ShouldBe([1, 2, 3]);
        frames[2].Body.Length.ShouldBe(200);
    }

    [Fact]
    public void A_stream_that_ends_anywhere_gives_the_frames_before_and_nothing_else()
    {
        int[] ends = [27, 51, 275];
        for (int length = 0; length <= _stream.Length; length++)
        {
            var (frames, broken) = Frames.Read(_stream[..length]);
            broken.ShouldBeFalse();
            frames.Count.ShouldBe(ends.Count(end => end <= length));
        }
    }

    [Fact]
    public void What_cannot_be_a_frame_spoils_nothing_that_was_sent_before_it()
    {
        byte[] stream = [.. Frames.Of((FrameKind.Result, [1, 2, 3])), .. Enumerable.Repeat((byte)0xFF, 64)];
        var reader = new FrameReader(new MemoryStream(stream).Read);
        reader.TryRead(out _).ShouldBeTrue();
        reader.HasFrame.ShouldBeTrue();
        reader.Body.ToArray().ShouldBe([1, 2, 3]);
        Should.Throw<ProtocolException>(() => reader.TryRead(out _));
    }

    [Fact]
    public void What_is_no_result_announces_no_more_than_it_can_mean_and_takes_no_memory()
    {
        byte[] header = new byte[FrameHeader.Size];
        new FrameHeader(FrameKind.Failed, Length: 101).Write(header);
        var hostile = new Queue<byte[]>([header]);
        var reader = new FrameReader(buffer => hostile.TryDequeue(out byte[]? bytes) && bytes.AsSpan().TryCopyTo(buffer) ? bytes.Length : 0) { MostBeside = 100 };
        Should.Throw<ProtocolException>(() => reader.TryRead(out _)).Message.ShouldBe("Failed announces 101 bytes, and has at most 100");

        byte[] good = Frames.Of((FrameKind.Failed, new byte[100]), (FrameKind.Result, new byte[101]));
        var source = new MemoryStream(good);
        reader = new FrameReader(source.Read) { MostBeside = 100 };
        reader.TryRead(out _).ShouldBeTrue();
        reader.TryRead(out _).ShouldBeTrue();
        reader.Body.Length.ShouldBe(101);
    }

    [Fact]
    public void A_big_frame_passes_and_its_memory_is_given_back()
    {
        byte[] big = new byte[300_000];
        new Random(1).NextBytes(big);
        byte[] stream = Frames.Of((FrameKind.Result, [1]), (FrameKind.Result, big), (FrameKind.Result, [2]), (FrameKind.Result, big));
        var (frames, _) = Frames.Read(stream, 100_000);
        frames.Select(frame => frame.Body.Length).ShouldBe([1, 300_000, 1, 300_000]);
        frames[3].Body.ShouldBe(big);
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(100_000)]
    [InlineData(25)]
    public void A_large_body_is_received_into_its_value_and_the_next_frame_is_whole(int piece)
    {
        byte[] value = new byte[LargeValue.Threshold + 8];
        new Random(2).NextBytes(value);
        byte[] stream = Frames.Of(
            (FrameKind.Result, [1]), (FrameKind.Result, [LargeValue.Mark, .. value]), (FrameKind.Result, [2]), (FrameKind.Result, [0, .. value]), (FrameKind.Result, [3]));
        int at = 0;
        var reader = new FrameReader(buffer =>
        {
            int count = Math.Min(Math.Min(piece, buffer.Length), stream.Length - at);
            stream.AsSpan(at, count).CopyTo(buffer);
            at += count;
            return count;
        })
        {
            LargeValues = header => LargeValue.ToFill<long[]>(PayloadCodec.Default, header.Length),
        };
        foreach (bool large in (bool[])[false, true, false, false, false]) // the fourth has another mark, so it is no such value
        {
            reader.TryRead(out FrameHeader header).ShouldBeTrue();
            (reader.Large is not null).ShouldBe(large);
            reader.Body.Length.ShouldBe(large ? 0 : header.Length);
            if (large)
                reader.Large!.Bytes.SequenceEqual(value).ShouldBeTrue();
        }

        reader.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public void A_large_body_that_ends_early_was_never_sent()
    {
        byte[] stream = Frames.Of((FrameKind.Result, [LargeValue.Mark, .. new byte[LargeValue.Threshold + 8]]))[..^1];
        int at = 0;
        var reader = new FrameReader(buffer =>
        {
            int count = Math.Min(buffer.Length, stream.Length - at);
            stream.AsSpan(at, count).CopyTo(buffer);
            at += count;
            return count;
        })
        {
            LargeValues = header => LargeValue.ToFill<byte[]>(PayloadCodec.Default, header.Length),
        };
        reader.TryRead(out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [InlineData(FrameHeader.MaxLength + 1)]
    public void A_length_that_cannot_be_is_refused(int length)
    {
        byte[] stream = [.. _stream];
        BinaryPrimitives.WriteInt32LittleEndian(stream, length);
        var (frames, broken) = Frames.Read(stream);
        (frames.Count, broken).ShouldBe((0, true));
    }

    [Theory]
    [InlineData(0)]
    [InlineData((int)FrameKind.Pong + 1)]
    [InlineData(255)]
    public void An_unknown_kind_is_refused(byte kind)
    {
        byte[] stream = [.. _stream];
        stream[4] = kind;
        Frames.Read(stream).Broken.ShouldBeTrue();
    }

    [Fact]
    public void The_longest_frame_is_waited_for_without_touching_its_memory()
    {
        byte[] header = new byte[FrameHeader.Size];
        new FrameHeader(FrameKind.Result, 64 << 20).Write(header);
        Frames.Read([.. header, 1, 2, 3]).ShouldSatisfyAllConditions(
            read => read.Frames.ShouldBeEmpty(), read => read.Broken.ShouldBeFalse());
    }

    [Fact]
    public void Every_flipped_bit_leaves_a_reader_that_ends()
    {
        byte[] stream = Frames.Of((FrameKind.Hello, [1, 2, 3]), (FrameKind.Result, [4]));
        for (int bit = 0; bit < stream.Length * 8; bit++)
        {
            if (bit is >= 24 and < 32 or >= 27 * 8 + 24 and < 27 * 8 + 32)
                continue; // lengths of many megabytes only cost time
            byte[] flipped = [.. stream];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Frames.Read(flipped).Frames.Count.ShouldBeLessThanOrEqualTo(2);
        }
    }

    [Fact]
    public void Random_mutations_neither_crash_nor_hang_nor_take_memory_that_was_not_announced()
    {
        var random = new Random(20260101);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 3000; i++)
        {
            byte[] stream = [.. _stream];
            int mutations = random.Next(1, 6);
            for (int j = 0; j < mutations; j++)
                stream[random.Next(stream.Length)] = (byte)random.Next(256);
            foreach (int length in new[] { 0, 27, 51 })
                stream[length + 3] = (byte)(random.Next(8) == 0 ? 0xFF : 0); // a length is small, or none
            Frames.Read(stream[..random.Next(stream.Length + 1)], random.Next(1, 100));
        }

        // Each reader has 64 KiB, and at most the 16 MiB that three bytes can announce.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(3000L * (17 << 20));
    }

    [Fact]
    public void Whether_a_whole_frame_is_there_can_be_asked_without_waiting()
    {
        byte[] stream = Frames.Of((FrameKind.Hello, [1]), (FrameKind.Run, [2, 3]), (FrameKind.Run, [4]));
        int calls = 0;
        var reader = new FrameReader(buffer =>
        {
            int count = calls++ == 0 ? stream.Length - 1 : 0;
            stream.AsSpan(0, count).CopyTo(buffer);
            return count;
        });
        reader.HasFrame.ShouldBeFalse();
        reader.TryRead(out _).ShouldBeTrue();
        reader.HasFrame.ShouldBeTrue();
        reader.TryRead(out _).ShouldBeTrue();
        reader.HasFrame.ShouldBeFalse();
        reader.TryRead(out _).ShouldBeFalse();
        calls.ShouldBe(2);
    }
}
