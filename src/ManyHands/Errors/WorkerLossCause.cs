namespace ManyHands;

/// <summary>Why a worker was lost.</summary>
public enum WorkerLossCause
{
    /// <summary>A signal from outside ended it, such as SIGKILL.</summary>
    Killed,

    /// <summary>It ended itself by a fault: an access violation, an abort, an unhandled exception.</summary>
    Crashed,

    /// <summary>The work recursed without end.</summary>
    StackOverflow,

    /// <summary>The work called <see cref="Environment.FailFast(string)"/>, or the runtime did.</summary>
    FailFast,

    /// <summary>The system or the runtime had no memory left for it.</summary>
    OutOfMemory,

    /// <summary>The work ended the process with an exit code, even with 0.</summary>
    Exited,

    /// <summary>It stopped answering and was killed.</summary>
    Hung,

    /// <summary>
    /// It sent bytes that are no valid message, or overwrote memory that it shares with its caller, or contradicted what is known about its tasks; and was killed.
    /// </summary>
    ProtocolError,

    /// <summary>It has ended, and how is not known: something else in this process took its exit status, as native libraries do that wait for any child.</summary>
    Unknown,
}
