using ManyHands.Protocol;

namespace ManyHands.Chaos.Fuzzing;

/// <summary>What every piece of spoilt input is judged by: which exceptions may escape, and how much memory reading it may take.</summary>
internal sealed class FuzzJudge
{
    private const long FixedBytes = 768 * 1024; // buffers, exceptions with their stacks
    private const int BytesPerByte = 256; // objects made of what was really received

    private readonly HashSet<string> _told = [];

    public long Frames { get; private set; }

    public long Refused { get; private set; }

    public int Escaped { get; private set; }

    public int Greedy { get; private set; }

    public int Crossed { get; private set; }

    public List<string> Examples { get; } = [];

    /// <summary>Runs one reading.</summary>
    /// <param name="what">For people.</param>
    /// <param name="received">Bytes that there were to read.</param>
    /// <param name="announced">Bytes that a legal header announced beside them.</param>
    /// <param name="read">Reads, and gives the number of frames read.</param>
    public void Try(string what, ReadOnlySpan<byte> received, long announced, Func<int> read)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Frames += Math.Max(1, read());
        }
        catch (Exception error) when (error is ProtocolException or PayloadException)
        {
            Frames++;
            Refused++;
        }
        catch (Exception error) // that is what is looked for
        {
            Frames++;
            Escaped++;
            Tell($"{what}: {error}", what + error.GetType() + error.StackTrace?.Split('\n')[0], received);
        }

        long taken = GC.GetAllocatedBytesForCurrentThread() - before;
        if (taken <= FixedBytes + announced + (BytesPerByte * (long)received.Length))
            return;
        Greedy++;
        Tell($"{what}: {taken:n0} bytes of memory were taken for {received.Length:n0} received and {announced:n0} announced", what, received);
    }

    /// <summary>Something happened to a task that no frame had spoken of, or in another way than it said.</summary>
    public void Cross(string what, ReadOnlySpan<byte> received)
    {
        Crossed++;
        Tell(what, what, received);
    }

    private void Tell(string text, string kind, ReadOnlySpan<byte> received)
    {
        if (_told.Add(kind))
            Examples.Add($"  {text}\n    input {Convert.ToHexString(received[..Math.Min(received.Length, 400)])}");
    }
}
