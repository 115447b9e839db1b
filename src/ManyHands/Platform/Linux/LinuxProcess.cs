using System.ComponentModel;

namespace ManyHands.Platform.Linux;

/// <summary>A child of ours that has not been reaped: its process id cannot be anybody else's.</summary>
internal sealed unsafe class LinuxProcess
{
    private readonly Lock _reaping = new();
    private bool _reaped;

    public LinuxProcess(int pid) => Pid = pid;

    public int Pid { get; }

    /// <summary>Blocks until the child has ended and reaps it. Call once, from a thread that may block.</summary>
    /// <param name="killGroup">What is left of its process group goes with it, before its number can belong to anybody else.</param>
    /// <returns>How it ended and what it and its own reaped children used.</returns>
    public (WaitStatus Status, LibC.ResourceUsage Usage) Wait(bool killGroup = false)
    {
        byte* info = stackalloc byte[128];
        while (LibC.WaitId(1, Pid, info, LibC.WaitExited | LibC.WaitNoReap) < 0)
        {
            if (System.Runtime.InteropServices.Marshal.GetLastPInvokeError() != LibC.Interrupted)
                throw FileDescriptor.Error("waitid");
        }

        lock (_reaping)
        {
            _reaped = true;
            if (killGroup)
                _ = LibC.Kill(-Pid, LibC.SignalKill);
            if (LibC.Wait4(Pid, out int status, 0, out var usage) < 0)
                throw FileDescriptor.Error("wait4");
            return (new WaitStatus(status), usage);
        }
    }

    /// <summary>Sends a signal to the child, or to its whole process group. Does nothing once the child has been reaped.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public void Signal(int signal, bool wholeGroup = false)
    {
        const int noSuchProcess = 3;
        lock (_reaping)
        {
            if (_reaped)
                return;
            if (LibC.Kill(wholeGroup ? -Pid : Pid, signal) < 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() != noSuchProcess)
                throw FileDescriptor.Error("kill");
        }
    }
}
