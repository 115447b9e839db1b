using System.Diagnostics;
using ManyHands.Platform.Linux;

namespace ManyHands.Platform;

/// <summary>What a process does to itself and knows of its parent.</summary>
internal static class ProcessControl
{
    private const int SetParentDeathSignal = 1;

    /// <summary>Ends this process at once: no finalizers, no handlers, whatever the other threads do.</summary>
    public static void ExitNow(int code)
    {
        if (CurrentPlatform.IsLinux)
            LibC.ExitNow(code);
        using Process self = Process.GetCurrentProcess();
        self.Kill();
    }

    /// <summary>
    /// Has the system kill this process when the thread that started it ends, even if it is stopped or stuck by then. Ends it at once where
    /// the parent is gone already. Only Linux can; elsewhere the end of the control connection has to do.
    /// </summary>
    public static void DieWithParent(int parentPid)
    {
        if (!CurrentPlatform.IsLinux)
            return;
        _ = LibC.ProcessControl(SetParentDeathSignal, LibC.SignalKill, 0, 0, 0);
        if (LibC.GetParentPid() != parentPid)
            ExitNow(1);
    }

    /// <summary>Resident memory of a process in bytes; 0 where it cannot be read.</summary>
    public static long ResidentBytes(int pid)
    {
        try
        {
            if (CurrentPlatform.IsLinux)
            {
                // The second field counts resident pages.
                string[] fields = File.ReadAllText($"/proc/{pid}/statm").Split(' ');
                return long.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;
            }

            using Process process = Process.GetProcessById(pid);
            return process.WorkingSet64;
        }
        catch (Exception error) when (error is IOException or ArgumentException or InvalidOperationException)
        {
            return 0; // it has just ended
        }
    }
}
