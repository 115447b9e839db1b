using System.Runtime.InteropServices;

namespace ManyHands.Scenarios.Tests;

/// <summary>What scenarios see of processes, and do to them, from outside.</summary>
internal static class Processes
{
    public static void Kill(int pid) => Send(pid, 9);

    public static void Stop(int pid) => Send(pid, 19);

    public static void Send(int pid, int signal) => _ = kill(pid, signal);

    /// <summary>It runs: it exists and is no zombie.</summary>
    public static bool IsAlive(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    [DllImport("libc")]
    private static extern int kill(int pid, int signal);
}
