using ManyHands.Processes;
using ManyHands.Protocol;
using ManyHands.Tests.Protocol;

namespace ManyHands.Tests.Processes;

public sealed class LaneOutboxTests
{
    private readonly ScriptedConnection _connection = new();

    [Fact]
    public void Frames_that_are_ready_together_leave_with_the_flush_and_not_before()
    {
        var outbox = new LaneOutbox(_connection, "test", _ => { });
        _connection.Allow(int.MaxValue);
        outbox.Add(new FrameHeader(FrameKind.Run), new byte[] { 1 });
        outbox.Add(new FrameHeader(FrameKind.Run), new byte[] { 2, 3 });
        _connection.Taken.ShouldBeEmpty();
        outbox.Flush();
        Bodies().ShouldBe(["01", "0203"]);
        outbox.End();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(30)]
    public void A_worker_that_does_not_read_blocks_nobody_and_gets_all_bytes_in_order_later(int room)
    {
        var outbox = new LaneOutbox(_connection, "test", _ => { });
        _connection.Allow(room);
        int total = 0;
        for (int i = 0; i < 50; i++)
        {
            outbox.Add(new FrameHeader(FrameKind.Run), Body(i));
            if (i % 3 != 1)
                outbox.Flush();
            total += FrameHeader.Size + Body(i).Length;
        }

        outbox.Flush();
        _connection.Taken.Length.ShouldBe(room);
        for (int sent = room; sent < total; sent += 100_003)
        {
            _connection.Allow(100_003);
            _connection.AwaitTaken(Math.Min(sent + 100_003, total));
        }

        var (frames, broken) = Frames.Read(_connection.Taken);
        broken.ShouldBeFalse();
        frames.Count.ShouldBe(50);
        for (int i = 0; i < 50; i++)
            frames[i].Body.AsSpan().SequenceEqual(Body(i)).ShouldBeTrue();
        _connection.End();
        outbox.End();
    }

    [Fact]
    public void A_flush_after_the_rest_has_gone_sends_at_once_again()
    {
        var outbox = new LaneOutbox(_connection, "test", _ => { });
        outbox.Add(new FrameHeader(FrameKind.Run), new byte[] { 1 });
        outbox.Flush();
        _connection.Allow(int.MaxValue);
        _connection.AwaitTaken(25);
        outbox.Add(new FrameHeader(FrameKind.Run), new byte[] { 2 });
        outbox.Flush();
        _connection.AwaitTaken(50);
        Bodies().ShouldBe(["01", "02"]);
        _connection.End();
        outbox.End();
    }

    [Fact]
    public void Ending_joins_a_sender_that_waits_for_the_worker()
    {
        var outbox = new LaneOutbox(_connection, "test", _ => { });
        outbox.Add(new FrameHeader(FrameKind.Run), new byte[100_000]);
        outbox.Add(new FrameHeader(FrameKind.Run), new byte[100_000]);
        outbox.Flush();
        _connection.Allow(1000);
        _connection.AwaitTaken(1000);
        _connection.End();
        outbox.End();
        int taken = _connection.Taken.Length;
        outbox.Add(new FrameHeader(FrameKind.Run), new byte[100_000]);
        outbox.Flush();
        _connection.Taken.Length.ShouldBe(taken);
        outbox.End();
    }

    private List<string> Bodies() => [.. Frames.Read(_connection.Taken).Frames.Select(frame => Convert.ToHexString(frame.Body))];

    // Every seventh is too big to be copied beside others.
    private static byte[] Body(int number) =>
        [.. Enumerable.Range(0, number % 7 == 3 ? 70_000 : number * 10).Select(i => (byte)(i + number))];
}
