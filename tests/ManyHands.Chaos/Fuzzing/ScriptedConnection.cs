using ManyHands.Transports;

namespace ManyHands.Chaos.Fuzzing;

/// <summary>A connection whose other side is a text that is known before: it arrives in random pieces, and what is sent is kept.</summary>
internal sealed class ScriptedConnection(ReadOnlyMemory<byte> script, Random random) : Connection
{
    private readonly int _mostAtOnce = random.Next(4) switch
    {
        0 => 1,
        1 => 64,
        _ => int.MaxValue,
    };

    private readonly List<byte> _sent = [];
    private ReadOnlyMemory<byte> _rest = script;

    /// <summary>Set where the script can only be written when something was sent.</summary>
    public ReadOnlyMemory<byte> Script
    {
        set => _rest = value;
    }

    public byte[] TakeSent()
    {
        byte[] sent = [.. _sent];
        _sent.Clear();
        return sent;
    }

    public override int Receive(Span<byte> buffer)
    {
        if (_rest.IsEmpty)
            return 0;
        int count = Math.Min(Math.Min(buffer.Length, _rest.Length), random.Next(_mostAtOnce) + 1);
        _rest.Span[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        _sent.AddRange(bytes);
        return bytes.Length;
    }

    public override bool Send(ReadOnlySpan<byte> bytes) => TrySend(bytes) == bytes.Length;

    public override void End() => _rest = default;

    public override void Dispose()
    {
    }
}
