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

    /// <summary>Closes every descriptor but its output, the library's and the runtime's among them, as some libraries do before they start a process.</summary>
    CloseAll,

    /// <summary>Overwrites the counters of the memory that its lane shares with the parent.</summary>
    Scribble,

    /// <summary>Writes numbers of all kinds into the counters and the words to sleep on of both its rings.</summary>
    SpoilRings,

    /// <summary>Says with its begun marks that its batches have no more tasks.</summary>
    EndMarks,

    /// <summary>Says with its begun marks that all that lies ready has begun.</summary>
    MarkAhead,

    /// <summary>Takes its begun marks back.</summary>
    HideMarks,

    /// <summary>Answers questions that nobody has asked, as fast as it can.</summary>
    FloodPongs,

    /// <summary>SIGSTOP by itself before it is ready, and nobody wakes it.</summary>
    StopAtBirth,

    /// <summary>SIGALRM from a timer of its own, some microseconds later, while its lane goes on.</summary>
    Alarm,
}
