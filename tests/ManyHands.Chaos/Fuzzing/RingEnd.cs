using ManyHands.Transports;

namespace ManyHands.Chaos.Fuzzing;

/// <summary>A ring in shared memory while the other process overwrites its counters: what is read may be nonsense, and may not lie outside.</summary>
internal sealed unsafe class RingEnd(FuzzJudge judge, Random random)
{
    private const int Guard = 4096;

    private readonly byte[] _memory = GC.AllocateArray<byte>(ByteRing.MemorySize + (2 * Guard), pinned: true);
    private readonly byte[] _buffer = new byte[4096];

    public void Live()
    {
        _memory.AsSpan().Clear();
        fixed (byte* memory = _memory)
        {
            byte* start = memory + Guard;
            var ring = new ByteRing(start);
            judge.Try("ring", default, 0, () =>
            {
                Use(ring, start);
                return 1;
            });
        }

        if (_memory.AsSpan(0, Guard).ContainsAnyExcept((byte)0) || _memory.AsSpan()[^Guard..].ContainsAnyExcept((byte)0))
            judge.Cross("a ring wrote outside of its memory", default);
    }


    private void Use(ByteRing ring, byte* memory)
    {
        try
        {
            for (int i = 0; i < 16; i++)
            {
                if (random.Next(3) == 0)
                    ((long*)memory)[random.Next(4) * 8] = random.Next(2) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : random.Next(-2, ByteRing.MemorySize);
                Span<byte> bytes = _buffer.AsSpan(0, random.Next(_buffer.Length));
                bytes.Fill(1);
                _ = random.Next(2) == 0 ? ring.Put(bytes) : ring.Take(bytes);
            }
        }
        catch (InvalidDataException)
        {
            // That is how a connection says that it was broken.
        }
    }
}
