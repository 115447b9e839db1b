using System.ComponentModel;
using System.Runtime.InteropServices;

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
    /// <param name="ended">Called once it has ended, before its number can belong to anybody else.</param>
    /// <returns>
    /// How it ended and what it and its own reaped children used; null where that is not known, since something else in this process has reaped it, as native
    /// libraries do that wait for any child.
    /// </returns>
    public (WaitStatus Status, LibC.ResourceUsage Usage)? Wait(bool killGroup = false, Action<int>? ended = null)
    {
        byte* info = stackalloc byte[128];
        bool isOurs = true;
        while (isOurs && LibC.WaitId(1, Pid, info, LibC.WaitExited | LibC.WaitNoReap) < 0)
            isOurs = IsOurs("waitid");
        ended?.Invoke(Pid);
        lock (_reaping)
        {
            _reaped = true;
            if (killGroup && (isOurs || IsGone()))
                _ = LibC.Kill(-Pid, LibC.SignalKill);
            int status = 0;
            LibC.ResourceUsage usage = default;
            while (isOurs && LibC.Wait4(Pid, out status, 0, out usage) < 0)
                isOurs = IsOurs("wait4");
            return isOurs ? (new WaitStatus(status), usage) : null;
        }
    }

    /// <returns>False where the child has been reaped by somebody else.</returns>
    private static bool IsOurs(string call) => Marshal.GetLastPInvokeError() switch
    {
        LibC.Interrupted => true,
        LibC.NoChild => false,
        _ => throw FileDescriptor.Error(call),
    };

    // Its number is nobody's, then; and none gets it as long as a group of that number is left.
    private bool IsGone() => LibC.Kill(Pid, 0) < 0 && Marshal.GetLastPInvokeError() == LibC.NoProcess;

    /// <summary>Sends a signal to the child, or to its whole process group. Does nothing once the child has been reaped.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public void Signal(int signal, bool wholeGroup = false)
    {
        lock (_reaping)
        {
            if (_reaped)
                return;
            if (LibC.Kill(wholeGroup ? -Pid : Pid, signal) < 0 && Marshal.GetLastPInvokeError() != LibC.NoProcess)
                throw FileDescriptor.Error("kill");
        }
    }
}
