using System.Runtime.InteropServices;

namespace ManyHands.Conformance.Work;

/// <summary>Work that looks at, or kills, other processes.</summary>
public static class Neighbours
{
    /// <summary>All of these run.</summary>
    public static bool AreAlive((int Milliseconds, int[] Pids) order)
    {
        Waiting.For(order.Milliseconds);
        return order.Pids.All(pid => Directory.Exists($"/proc/{pid}"));
    }

    /// <summary>Ends another process, or this one, by SIGKILL.</summary>
    public static int Kill(int pid)
    {
        _ = kill(pid, 9);
        return pid;
    }

    /// <summary>Ignores SIGTERM, and everything else, for ever.</summary>
    public static void IgnoreTermination(Gate gate)
    {
        using var ignored = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true);
        gate.Pass();
    }

    [DllImport("libc")]
    private static extern int kill(int pid, int signal);
}
