using System.Diagnostics;
using System.Runtime.CompilerServices;
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
        KillSelf();
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

    /// <summary>Has native code of this process print line by line, where that can be set.</summary>
    public static void PrintByLine()
    {
        if (CurrentPlatform.IsLinux)
            NativeOutput.PrintByLine();
    }

    /// <summary>Begins to watch whether the system kills children because memory runs out.</summary>
    public static void WatchForMemoryKills()
    {
        if (CurrentPlatform.IsLinux)
            OutOfMemoryKills.Watch();
    }

    /// <summary>A child that was just killed, and not by this process, was killed by the system because memory ran out.</summary>
    public static bool WasKilledForMemory() => CurrentPlatform.IsLinux && OutOfMemoryKills.TryClaim();

    /// <summary>Resident memory of a process in bytes; 0 where it cannot be read.</summary>
    public static long ResidentBytes(int pid)
    {
        // The second field counts resident pages.
        if (CurrentPlatform.IsLinux)
            return ProcessFiles.Read(pid, "statm") is [_, var pages, ..] && long.TryParse(pages, out long count) ? count * Environment.SystemPageSize : 0;
        return Usage(pid).ResidentBytes ?? 0;
    }

    /// <summary>What a process has used until now. All unknown where it is gone.</summary>
    public static ProcessUsage Usage(int pid)
    {
        if (CurrentPlatform.IsLinux)
            return ProcessFiles.Usage(pid);
        try
        {
            using Process process = Process.GetProcessById(pid);
            return new ProcessUsage(process.TotalProcessorTime, process.PeakWorkingSet64, process.WorkingSet64);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return default; // it has just ended
        }
    }

    /// <summary>What the processors did for a process until now, as exactly as the system tells; null where it is gone.</summary>
    public static ProcessLoad? Load(int pid)
    {
        if (CurrentPlatform.IsLinux)
            return ProcessFiles.Load(pid);
        return Usage(pid).ProcessorTime is { } time ? new ProcessLoad(time, new Dictionary<string, TimeSpan>()) : null;
    }

    /// <summary>Memory in bytes that this process and its children could still take; more than there can be where the system does not tell.</summary>
    public static long FreeBytes() => CurrentPlatform.IsLinux ? FreeMemory.Bytes() : long.MaxValue;

    // Not inlined, so that a worker does not load for it what it never uses.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void KillSelf()
    {
        using Process self = Process.GetCurrentProcess();
        self.Kill();
    }
}
