namespace ManyHands.Conformance.Work;

/// <summary>
/// A file to which every task appends when it begins and when it ends: an independent witness of "lost" and "twice". One short write per line,
/// so lines of several processes do not mix.
/// </summary>
public static class Ledger
{
    public static int Write((string File, int Number) entry)
    {
        Append(entry.File, $"begin {entry.Number}\n");
        Append(entry.File, $"end {entry.Number}\n");
        return entry.Number;
    }

    /// <summary>Takes about a millisecond, so that a kill finds it running.</summary>
    public static int WriteSlowly((string File, int Number) entry)
    {
        Append(entry.File, $"begin {entry.Number} {Environment.ProcessId}\n");
        _ = Arithmetic.Heat(100_000);
        Append(entry.File, $"end {entry.Number} {Environment.ProcessId}\n");
        return entry.Number;
    }

    public static int KillSelf((string File, int Number) entry)
    {
        Append(entry.File, $"begin {entry.Number} {Environment.ProcessId}\n");
        Crashing.Kill(entry.Number);
        return 0;
    }

    private static void Append(string file, string line)
    {
        using var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        stream.Write(System.Text.Encoding.ASCII.GetBytes(line));
    }
}
