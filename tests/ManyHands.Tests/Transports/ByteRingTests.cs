using ManyHands.Transports;

namespace ManyHands.Tests.Transports;

public sealed class ByteRingTests : IDisposable
{
    private readonly LaneMemory _memory = LaneMemory.Create(2);
    private readonly Connection _parent;
    private readonly Connection _worker;

    public ByteRingTests() => (_parent, _worker) = (_memory.ParentEnd(1), _memory.WorkerEnd(1));

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void What_is_sent_arrives_in_order_in_both_directions_and_in_its_own_lane()
    {
        _parent.Send([1, 2, 3]).ShouldBeTrue();
        _worker.TrySend([4]).ShouldBe(1);
        _parent.Send([5]).ShouldBeTrue();
        _memory.ParentEnd(0).HasBytes.ShouldBeFalse();
        Received(_worker, 10).ShouldBe([1, 2, 3, 5]);
        Received(_parent, 10).ShouldBe([4]);
        _parent.HasBytes.ShouldBeFalse();
    }

    [Fact]
    public void Sending_without_waiting_takes_what_fits_and_no_more()
    {
        byte[] much = new byte[300_000];
        int first = _parent.TrySend(much);
        first.ShouldBeInRange(1, much.Length - 1);
        _parent.TrySend(much).ShouldBe(0);
        Received(_worker, 1000).Length.ShouldBe(1000);
        _parent.TrySend(much).ShouldBe(1000);
    }

    [Theory]
    [InlineData(1, 7, 7)]
    [InlineData(2, 100_000, 3_000)]
    [InlineData(3, 1_000_000, 65_536)]
    [InlineData(4, 3, 300_000)]
    public void A_long_stream_arrives_whole_whatever_the_pieces(int seed, int largestSend, int largestReceive)
    {
        byte[] stream = new byte[5_000_000];
        new Random(seed).NextBytes(stream);
        byte[] arrived = new byte[stream.Length];
        var sender = new Thread(() =>
        {
            var random = new Random(seed);
            for (int at = 0; at < stream.Length;)
            {
                int count = Math.Min(random.Next(1, largestSend + 1), stream.Length - at);
                bool sent = random.Next(3) == 0 ? _worker.Send(stream.AsSpan(at, count)) : _worker.Post(stream.AsSpan(at, count));
                if (!sent)
                    return;
                at += count;
            }

            _worker.Announce();
        });
        sender.Start();
        var other = new Random(seed + 1);
        for (int at = 0; at < stream.Length;)
            at += _parent.Receive(arrived.AsSpan(at, Math.Min(other.Next(1, largestReceive + 1), stream.Length - at)));
        sender.Join();
        arrived.AsSpan().SequenceEqual(stream).ShouldBeTrue();
    }

    [Fact]
    public void What_was_posted_arrives_although_nobody_announced_it()
    {
        byte[] buffer = new byte[1];
        for (byte i = 0; i < 20; i++)
        {
            var receiver = new Thread(() => _parent.Receive(buffer));
            receiver.Start();
            _worker.Post([i]).ShouldBeTrue();
            receiver.Join(TimeSpan.FromSeconds(20)).ShouldBeTrue();
            buffer[0].ShouldBe(i);
        }
    }

    [Fact]
    public void At_the_end_what_was_written_before_can_still_be_received()
    {
        _worker.Send([1, 2]).ShouldBeTrue();
        _parent.End();
        Received(_parent, 10).ShouldBe([1, 2]);
        _parent.Receive(new byte[10]).ShouldBe(0);
        _parent.Send(new byte[1_000_000]).ShouldBeFalse();
    }

    [Fact]
    public void The_end_wakes_whoever_waits_for_bytes_or_for_room()
    {
        int received = -1;
        bool sent = true;
        var receiver = new Thread(() => received = _parent.Receive(new byte[10]));
        var sender = new Thread(() => sent = _parent.Send(new byte[1_000_000]));
        receiver.Start();
        sender.Start();
        byte[] all = new byte[10_000];
        _worker.Receive(all).ShouldBe(all.Length); // the sender is at work
        _parent.End();
        receiver.Join(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        sender.Join(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        (received, sent).ShouldBe((0, false));
    }

    [Fact]
    public unsafe void What_is_written_after_the_end_is_not_received()
    {
        byte[] memory = GC.AllocateArray<byte>(ByteRing.MemorySize, pinned: true);
        fixed (byte* start = memory)
        {
            ByteRing reader = new(start), writer = new(start);
            writer.Put(new byte[100]).ShouldBe(100);
            reader.End();
            writer.Put(new byte[1000]).ShouldBe(1000); // as somebody does whom a dead worker has left behind
            reader.Take(new byte[5000]).ShouldBe(100);
            reader.Take(new byte[5000]).ShouldBe(0);
            reader.HasBytes.ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData(0)] // how much was written, to what had been read already
    [InlineData(64)] // how much was read, to what had been before
    public unsafe void A_stream_arrives_although_a_count_was_set_back_and_nobody_would_have_looked_again(int word)
    {
        byte[] memory = GC.AllocateArray<byte>(2 * ByteRing.MemorySize, pinned: true);
        byte[] stream = new byte[1_000_000], arrived = new byte[stream.Length];
        new Random(word).NextBytes(stream);
        fixed (byte* start = memory)
        {
            nint address = (nint)start, other = address + ByteRing.MemorySize;
            var parent = new RingConnection(new ByteRing((byte*)address), new ByteRing((byte*)other));
            var worker = new RingConnection(new ByteRing((byte*)other), new ByteRing((byte*)address));
            bool isFoundOut = false;
            var sender = new Thread(Send);
            sender.Start();
            int at = 0;
            Receive(100_000);
            SpinWait.SpinUntil(() => Volatile.Read(ref *(long*)address) - at >= 200_000, TimeSpan.FromSeconds(20)).ShouldBeTrue();
            Volatile.Write(ref *(long*)(address + word), word == 0 ? at : at - 50_000);
            Receive(stream.Length);
            sender.Join(TimeSpan.FromSeconds(20)).ShouldBeTrue();
            if (!isFoundOut)
                arrived.AsSpan().SequenceEqual(stream).ShouldBeTrue();

            void Send()
            {
                try
                {
                    worker.Send(stream);
                }
                catch (InvalidDataException) when (word != 0)
                {
                    isFoundOut = true; // it had written so much more than was said to be read that this could not be true
                    parent.End();
                }
            }

            void Receive(int until)
            {
                while (at < until && !Volatile.Read(ref isFoundOut))
                    at += parent.Receive(arrived.AsSpan(at, Math.Min(50_000, until - at)));
            }
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1_000_000)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public unsafe void Numbers_that_cannot_be_are_refused_and_touch_nothing_outside(long written)
    {
        byte[] memory = GC.AllocateArray<byte>(ByteRing.MemorySize + 64, pinned: true);
        memory.AsSpan(ByteRing.MemorySize).Fill(0xEE);
        fixed (byte* start = memory)
        {
            var ring = new ByteRing(start);
            *(long*)start = written;
            Should.Throw<InvalidDataException>(() => ring.Take(new byte[10]));
            *(long*)(start + 64) = written; // what has been read
            if (written == -1)
                ring.Put(new byte[2_000_000]).ShouldBeInRange(0, ByteRing.MemorySize); // that could be, for all that a writer knows
            else
                Should.Throw<InvalidDataException>(() => ring.Put(new byte[2_000_000]));
        }

        memory.AsSpan(ByteRing.MemorySize).IndexOfAnyExcept((byte)0xEE).ShouldBe(-1);
    }

    private static byte[] Received(Connection connection, int most)
    {
        byte[] buffer = new byte[most];
        return buffer[..connection.Receive(buffer)];
    }
}
