using ManyHands.Processes;
using ManyHands.Protocol;
using ManyHands.Transports;

namespace ManyHands.Tests.Processes;

public sealed class HeartbeatTests
{
    private readonly Answers _answers = new();
    private readonly Heartbeat _heartbeat;

    public HeartbeatTests() => _heartbeat = new Heartbeat(new LaneOutbox(_answers, "test", _ => { }), _answers);

    [Fact]
    public void An_answer_counts_once_all_of_it_has_come()
    {
        _heartbeat.Ask();
        _heartbeat.HasAnswered.ShouldBeFalse();
        byte[] pong = Pong(1);
        _answers.Give(pong[..7]);
        _heartbeat.HasAnswered.ShouldBeFalse();
        _answers.Give(pong[7..]);
        _heartbeat.HasAnswered.ShouldBeTrue();
    }

    [Fact]
    public void A_wrong_answer_is_refused_and_what_follows_it_is_not_read()
    {
        _heartbeat.Ask();
        _answers.Endless = Pong(-1);
        Should.Throw<ProtocolException>(() => _heartbeat.HasAnswered);
        _answers.Given.ShouldBe(FrameHeader.Size);
    }

    private static byte[] Pong(long number)
    {
        byte[] frame = new byte[FrameHeader.Size];
        new FrameHeader(FrameKind.Pong, Number: number).Write(frame);
        return frame;
    }

    private sealed class Answers : Connection
    {
        private readonly Queue<byte> _bytes = new();

        public byte[]? Endless { get; set; }

        public int Given { get; private set; }

        public void Give(byte[] bytes) => Array.ForEach(bytes, _bytes.Enqueue);

        public override int TryReceive(Span<byte> buffer)
        {
            if (_bytes.Count == 0 && Endless is { } endless)
                Give(endless);
            int count = 0;
            while (count < buffer.Length && _bytes.TryDequeue(out byte next))
                buffer[count++] = next;
            Given += count;
            return count;
        }

        public override int Receive(Span<byte> buffer) => 0;

        public override int TrySend(ReadOnlySpan<byte> bytes) => bytes.Length;

        public override bool Send(ReadOnlySpan<byte> bytes) => true;

        public override void End()
        {
        }

        public override void Dispose()
        {
        }
    }
}
