using System.Runtime.InteropServices;

namespace ManyHands.Processes.Tests;

/// <summary>What tests do to processes from outside.</summary>
internal static class Signals
{
    public static void Kill(int pid) => _ = kill(pid, 9);

    public static void Stop(int pid) => _ = kill(pid, 19);

    public static void Continue(int pid) => _ = kill(pid, 18);

    public static void Terminate(int pid) => _ = kill(pid, 15);

    public static void Interrupt(int pid) => _ = kill(pid, 2);

    public static void InterruptGroup(int pid) => _ = kill(-pid, 2);

    /// <summary>It runs: it exists and is no zombie.</summary>
    public static bool IsAlive(int pid) => State(pid) is not ('Z' or 'X');

    /// <summary>It exists and the system lets it do nothing.</summary>
    public static bool IsStopped(int pid) => State(pid) == 'T';

    private static char State(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0];
        }
        catch (IOException)
        {
            return 'X';
        }
    }

    [DllImport("libc")]
    private static extern int kill(int pid, int signal);
}
