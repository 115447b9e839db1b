namespace ManyHands;

/// <summary>Losses of a worker after which a task is run again; see <see cref="RetryPolicy.On"/>.</summary>
[Flags]
public enum RetryCauses
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A signal from outside ended the worker, such as SIGKILL (<see cref="WorkerLossCause.Killed"/>), or it had to be killed to stop another task.</summary>
    Killed = 1,

    /// <summary>The worker stopped answering (<see cref="WorkerLossCause.Hung"/>).</summary>
    Hung = 2,

    /// <summary>The work crashed (<see cref="WorkerLossCause.Crashed"/>, <see cref="WorkerLossCause.StackOverflow"/>, <see cref="WorkerLossCause.FailFast"/>).</summary>
    Crashed = 4,

    /// <summary>There was no memory left for the worker, or it was above its limit (<see cref="WorkerLossCause.OutOfMemory"/>).</summary>
    OutOfMemory = 8,

    /// <summary>The work ended its process (<see cref="WorkerLossCause.Exited"/>).</summary>
    Exited = 16,

    /// <summary>The worker sent what is no valid message (<see cref="WorkerLossCause.ProtocolError"/>).</summary>
    ProtocolError = 32,

    /// <summary>What comes from outside of the work, and may not come again.</summary>
    FromOutside = Killed | Hung,

    /// <summary>All of them.</summary>
    Any = FromOutside | Crashed | OutOfMemory | Exited | ProtocolError,
}
