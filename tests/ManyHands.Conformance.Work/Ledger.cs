using System.Runtime.InteropServices;

namespace ManyHands.Conformance.Work;

/// <summary>
/// A file to which every task appends when it begins and when it ends: an independent witness of "lost" and "twice". One short write per line,
/// so lines of several processes do not mix.
/// </summary>
public static class Ledger
{
    public static int Write((string File, int Number) entry)
    {
        Note(entry.File, $"begin {entry.Number}\n");
        Note(entry.File, $"end {entry.Number}\n");
        return entry.Number;
    }

    /// <summary>Takes about a millisecond, so that a kill finds it running.</summary>
    public static int WriteSlowly((string File, int Number) entry)
    {
        Note(entry.File, $"begin {entry.Number} {Environment.ProcessId}\n");
        _ = Arithmetic.Heat(100_000);
        Note(entry.File, $"end {entry.Number} {Environment.ProcessId}\n");
        return entry.Number;
    }

    public static int KillSelf((string File, int Number) entry)
    {
        Note(entry.File, $"begin {entry.Number} {Environment.ProcessId}\n");
        Crashing.Kill(entry.Number);
        return 0;
    }

    // FileMode.Append only looks for the end when it opens, so lines of two processes would overwrite each other. The flags are those of Linux.
    internal static void Note(string file, string line)
    {
        const int writeOnly = 1, create = 0x40, append = 0x400, closeOnExec = 0x80000, everybodyReads = 0x1B4;
        int descriptor = open(file, writeOnly | create | append | closeOnExec, everybodyReads);
        byte[] bytes = System.Text.Encoding.ASCII.GetBytes(line);
        if (write(descriptor, bytes, bytes.Length) != bytes.Length)
            throw new IOException($"'{line}' could not be written to the ledger {file}.");
        _ = close(descriptor);
    }

    [DllImport("libc", BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string file, int flags, int mode);

    [DllImport("libc")]
    private static extern nint write(int descriptor, byte[] bytes, nint count);

    [DllImport("libc")]
    private static extern int close(int descriptor);
}
