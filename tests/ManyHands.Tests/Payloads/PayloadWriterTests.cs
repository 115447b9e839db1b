using System.Buffers;
using ManyHands.Payloads;

namespace ManyHands.Tests.Payloads;

public sealed class PayloadWriterTests
{
    [Fact]
    public void It_grows_and_keeps_what_was_written()
    {
        using var writer = new PayloadWriter();
        byte[] expected = [.. Enumerable.Range(0, 100_000).Select(i => (byte)i)];
        foreach (byte[] chunk in expected.Chunk(777))
            writer.Write(chunk);
        writer.WrittenSpan.SequenceEqual(expected).ShouldBeTrue();
        writer.WrittenMemory.Span.SequenceEqual(expected).ShouldBeTrue();
        writer.WrittenCount.ShouldBe(expected.Length);
    }

    [Fact]
    public void It_always_has_room_for_what_was_asked_and_at_least_one_byte()
    {
        using var writer = new PayloadWriter();
        for (int hint = 0; hint < 5000; hint += 99)
        {
            writer.GetSpan(hint).Length.ShouldBeGreaterThanOrEqualTo(Math.Max(hint, 1));
            var memory = writer.GetMemory(hint);
            memory.Length.ShouldBeGreaterThanOrEqualTo(Math.Max(hint, 1));
            writer.Advance(hint);
        }
    }

    [Fact]
    public void Clear_keeps_the_buffer_and_forgets_the_bytes()
    {
        using var writer = new PayloadWriter();
        writer.Write((byte[])[1, 2, 3]);
        writer.Clear();
        writer.WrittenCount.ShouldBe(0);
        writer.Write((byte[])[4]);
        writer.WrittenSpan.ToArray().ShouldBe([4]);
    }

    [Fact]
    public void It_can_be_disposed_twice_and_used_again()
    {
        var writer = new PayloadWriter();
        writer.Write((byte[])[1]);
        writer.Dispose();
        writer.Dispose();
        writer.WrittenCount.ShouldBe(0);
        writer.Write((byte[])[2]);
        writer.WrittenSpan.ToArray().ShouldBe([2]);
        writer.Dispose();
    }

    [Fact]
    public void It_refuses_to_advance_beyond_what_it_gave()
    {
        using var writer = new PayloadWriter();
        int room = writer.GetSpan().Length;
        Should.Throw<ArgumentOutOfRangeException>(() => writer.Advance(room + 1));
        Should.Throw<ArgumentOutOfRangeException>(() => writer.Advance(-1));
    }

    [Fact]
    public void More_than_the_limit_is_refused_for_raw_values_and_for_objects()
    {
        using var writer = new PayloadWriter { Limit = 100 };
        PayloadCodec.Encode(PayloadCodec.Default, new byte[99], writer, PayloadSide.Submit);
        writer.Clear();
        var error = Should.Throw<PayloadTooLargeException>(
            () => PayloadCodec.Encode(PayloadCodec.Default, new byte[100], writer, PayloadSide.Result));
        (error.Limit, error.Size, error.Side).ShouldBe((100, 101, PayloadSide.Result));
        error.Message.ShouldContain("100");

        writer.Clear();
        List<string> texts = [.. Enumerable.Repeat("Brahmastra", 1000)];
        Should.Throw<PayloadTooLargeException>(() => PayloadCodec.Encode(PayloadCodec.Default, texts, writer, PayloadSide.Submit))
            .Side.ShouldBe(PayloadSide.Submit);
        writer.Clear();
        PayloadCodec.Encode(PayloadCodec.Default, new List<string> { "a" }, writer, PayloadSide.Submit);
        writer.WrittenCount.ShouldBe(5);
    }

    [Fact]
    public void Encoding_and_decoding_numbers_takes_no_memory()
    {
        using var writer = new PayloadWriter();
        long total = Send();
        long before = GC.GetAllocatedBytesForCurrentThread();
        total += Send();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        total.ShouldBe(2 * 4950);

        long Send()
        {
            long sum = 0;
            for (int i = 0; i < 100; i++)
            {
                writer.Clear();
                PayloadCodec.Encode(PayloadCodec.Default, i, writer, PayloadSide.Submit);
                sum += PayloadCodec.Decode<int>(PayloadCodec.Default, writer.WrittenSpan, PayloadSide.WorkerInput);
            }

            return sum;
        }
    }
}
