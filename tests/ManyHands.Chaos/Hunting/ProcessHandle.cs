using System.Runtime.InteropServices;
using ManyHands.Chaos.Boards;
using ManyHands.Chaos.Victims;

namespace ManyHands.Chaos.Hunting;

/// <summary>One process, whatever becomes of its number: a signal can reach no other.</summary>
internal sealed unsafe class ProcessHandle : IDisposable
{
    public const int Kill = 9;
    public const int Stop = 19;

    private const int OpenCall = 434;
    private const int SignalCall = 424;

    private readonly int _descriptor;

    private ProcessHandle(int descriptor) => _descriptor = descriptor;

    /// <summary>The process that a record is about; null where it has gone.</summary>
    public static ProcessHandle? Open(in WorkerRecord record)
    {
        int descriptor = (int)syscall(OpenCall, record.Pid, 0, 0, 0);
        if (descriptor < 0)
            return null;
        var handle = new ProcessHandle(descriptor);

        // Only now is it sure that the number still means the same.
        if (Victim.BirthOf($"{record.Pid}") == record.Birth)
            return handle;
        handle.Dispose();
        return null;
    }

    public bool HasEnded
    {
        get
        {
            long entry = (uint)_descriptor | (1L << 32); // struct pollfd: the descriptor, POLLIN, nothing returned
            return poll(&entry, 1, 0) > 0;
        }
    }

    public void Signal(int signal) => _ = syscall(SignalCall, _descriptor, signal, 0, 0);

    public void Dispose() => _ = close(_descriptor);

    [DllImport("libc")]
    private static extern nint syscall(nint number, nint a, nint b, nint c, nint d);

    [DllImport("libc")]
    private static extern int poll(long* entries, nuint count, int milliseconds);

    [DllImport("libc")]
    private static extern int close(int descriptor);
}
