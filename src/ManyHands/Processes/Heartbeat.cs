using ManyHands.Protocol;
using ManyHands.Transports;

namespace ManyHands.Processes;

/// <summary>Asks a worker whether it is there, and hears its answers. Never waits; called under the pool's lock.</summary>
internal sealed class Heartbeat(LaneOutbox outbox, Connection control)
{
    private readonly byte[] _frame = new byte[FrameHeader.Size];
    private int _received;
    private long _asked;
    private long _answered;

    /// <summary>The worker has answered the last question, or was never asked.</summary>
    /// <exception cref="ProtocolException">It said something else.</exception>
    public bool HasAnswered
    {
        get
        {
            while (_answered != _asked && control.TryReceive(_frame.AsSpan(_received)) is > 0 and int count)
            {
                _received = (_received + count) % FrameHeader.Size;
                if (_received > 0)
                    continue;
                FrameHeader answer = FrameHeader.Read(_frame);
                if (answer.Kind != FrameKind.Pong || answer.Length > 0)
                    throw new ProtocolException($"{answer.Kind} was received on the control connection");
                if (answer.Number != _asked) // nothing else can be on its way, and whoever reads on for it would never have done with some
                    throw new ProtocolException($"an answer to question {answer.Number} was received, and {_asked} was asked");
                _answered = answer.Number;
            }

            return _answered == _asked;
        }
    }

    public void Ask()
    {
        outbox.Add(new FrameHeader(FrameKind.Ping, Number: ++_asked), default);
        outbox.Flush();
    }
}
