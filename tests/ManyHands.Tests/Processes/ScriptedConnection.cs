using ManyHands.Transports;

namespace ManyHands.Tests.Processes;

/// <summary>A connection whose other side takes as many bytes as a test allows.</summary>
internal sealed class ScriptedConnection : Connection
{
    private readonly object _gate = new();
    private readonly List<byte> _taken = [];
    private int _room;
    private bool _ended;

    /// <summary>What arrived, in order.</summary>
    public byte[] Taken
    {
        get
        {
            lock (_gate)
                return [.. _taken];
        }
    }

    /// <summary>The other side reads this many bytes more.</summary>
    public void Allow(int bytes)
    {
        lock (_gate)
        {
            _room = (int)Math.Min((long)_room + bytes, int.MaxValue);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until this many bytes have arrived.</summary>
    public void AwaitTaken(int bytes)
    {
        lock (_gate)
        {
            while (_taken.Count < bytes)
                Monitor.Wait(_gate, TimeSpan.FromSeconds(20)).ShouldBeTrue($"{_taken.Count} bytes have arrived");
        }
    }

    public override int Receive(Span<byte> buffer) => throw new NotSupportedException();

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
            return _ended ? bytes.Length : Take(bytes);
    }

    public override bool Send(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            while (!bytes.IsEmpty)
            {
                if (_ended)
                    return false;
                int count = Take(bytes);
                bytes = bytes[count..];
                if (count == 0)
                    Monitor.Wait(_gate);
            }

            return true;
        }
    }

    public override void End()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
    }

    public override void Dispose()
    {
    }

    private int Take(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(_room, bytes.Length);
        _room -= count;
        _taken.AddRange(bytes[..count]);
        Monitor.PulseAll(_gate);
        return count;
    }
}
