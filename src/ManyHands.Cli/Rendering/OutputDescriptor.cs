using System.Globalization;
using System.Runtime.InteropServices;

namespace ManyHands.Cli.Rendering;

/// <summary>
/// Standard output or standard error by Linux's own calls. The framework's stream takes a reader that has gone for success, cannot be left while a reader
/// does not read, and writes into whatever the runtime has opened in the place of a descriptor that was closed.
/// </summary>
internal static class OutputDescriptor
{
    private const int Interrupted = 4;
    private const int TryAgain = 11;
    private const int BadDescriptor = 9;
    private const int BrokenPipe = 32;
    private const short PollOut = 4;
    private const int GetWindowSize = 0x5413;

    // A write of no more than this neither mixes with those of other programs nor blocks once poll has found room; see pipe(7).
    private const int Atomic = 4096;
    private const int LookAgainAfter = 50;

    /// <summary>Whether the error means that the reader has gone, as in `hands pull | head -1`.</summary>
    public static bool IsReaderGone(IOException error) => error.HResult == BrokenPipe;

    /// <summary>Whether this is Linux, with what tells of open descriptors.</summary>
    public static bool IsAvailable { get; } = Directory.Exists("/proc/self/fdinfo");

    /// <summary>
    /// Whether the descriptor was closed when this process began. What has its number now is the runtime's own, and is known by the mark that it closes
    /// at exec: nothing that was handed to this process can have that.
    /// </summary>
    public static bool WasClosed(int descriptor)
    {
        const int closeOnExec = 0x80000;
        string facts = $"/proc/self/fdinfo/{descriptor}";
        return !File.Exists(facts)
            || (File.ReadLines(facts).FirstOrDefault(line => line.StartsWith("flags:", StringComparison.Ordinal)) is { } flags
                && (Convert.ToInt32(flags["flags:".Length..].Trim(), 8) & closeOnExec) != 0);
    }

    /// <summary>Writes all bytes.</summary>
    /// <param name="descriptor">Where to.</param>
    /// <param name="bytes">What.</param>
    /// <param name="giveUp">Ends the wait for a reader that does not read.</param>
    /// <exception cref="IOException">They could not be written, or not all.</exception>
    public static void Write(int descriptor, ReadOnlySpan<byte> bytes, CancellationToken giveUp)
    {
        while (!bytes.IsEmpty)
        {
            var entry = new PollEntry { Descriptor = descriptor, Events = PollOut };
            int ready = Poll(ref entry, 1, LookAgainAfter);
            if (ready == 0 && giveUp.IsCancellationRequested)
                throw new IOException("what reads it does not read");
            if (ready <= 0)
                continue;

            nint written = Write(descriptor, in bytes[0], Math.Min(bytes.Length, Atomic));
            if (written >= 0)
                bytes = bytes[(int)written..];
            else if (Marshal.GetLastPInvokeError() is var error and not (Interrupted or TryAgain))
                throw Failure(error);
        }
    }

    /// <summary>The error of a descriptor that was closed from the beginning.</summary>
    public static IOException Closed() => Failure(BadDescriptor);

    /// <summary>Columns and rows of the terminal that the descriptor is, or null.</summary>
    public static (int Columns, int Rows)? WindowSize(int descriptor)
    {
        var size = default(WindowSizes);
        return Control(descriptor, GetWindowSize, ref size) == 0 && size is { Columns: > 0, Rows: > 0 } ? (size.Columns, size.Rows) : null;
    }

    private static IOException Failure(int error) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{Marshal.GetPInvokeErrorMessage(error)}"), error);

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    private static extern nint Write(int descriptor, ref readonly byte bytes, nint count);

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static extern int Poll(ref PollEntry entries, nuint count, int milliseconds);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static extern int Control(int descriptor, nuint request, ref WindowSizes size);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    /// <summary>struct winsize.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSizes
    {
        public ushort Rows, Columns, Width, Height;
    }
}
