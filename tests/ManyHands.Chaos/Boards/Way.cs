namespace ManyHands.Chaos.Boards;

/// <summary>How a worker dies.</summary>
internal enum Way
{
    None,

    /// <summary>SIGKILL from the parent.</summary>
    KillFromOutside,

    /// <summary>SIGSTOP from the parent, and SIGKILL some milliseconds later.</summary>
    StopThenKill,

    /// <summary>SIGKILL by itself.</summary>
    KillItself,

    Abort,

    /// <summary>Native code writes to an address that is not there.</summary>
    Fault,

    /// <summary>Environment.Exit(0).</summary>
    Exit,

    /// <summary>_exit(0).</summary>
    ExitNow,

    FailFast,

    StackOverflow,

    /// <summary>Ends its side of the control connection, as native code does that closes descriptors which are not its own.</summary>
    EndControl,

    /// <summary>Writes bytes that are no frame into its own lane.</summary>
    Garbage,

    /// <summary>Overwrites the counters of the memory that its lane shares with the parent.</summary>
    Scribble,

    /// <summary>SIGALRM from a timer of its own, some microseconds later, while its lane goes on.</summary>
    Alarm,
}
