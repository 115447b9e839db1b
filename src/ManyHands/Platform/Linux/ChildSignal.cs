namespace ManyHands.Platform.Linux;

/// <summary>Makes children waitable where the process was started with SIGCHLD ignored, which some launchers do.</summary>
internal static unsafe class ChildSignal
{
    // With SIGCHLD ignored the kernel reaps by itself: every waitpid fails with ECHILD and System.Diagnostics.Process hangs.
    private static readonly bool _waitable = Reset();

    /// <summary>Call before the first spawn. Leaves a handler that somebody installed alone.</summary>
    public static void MakeWaitable() => _ = _waitable;

    private static bool Reset()
    {
        const int ignored = 1;
        nint* current = stackalloc nint[32];
        if (LibC.SignalAction(LibC.SignalChild, null, current) == 0 && current[0] == ignored)
            LibC.Signal(LibC.SignalChild, 0);
        return true;
    }
}
