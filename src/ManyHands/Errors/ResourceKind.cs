namespace ManyHands;

/// <summary>What the system has no more of.</summary>
public enum ResourceKind
{
    /// <summary>Processes that this user may have.</summary>
    Processes,

    /// <summary>Threads.</summary>
    Threads,

    /// <summary>Open files and sockets.</summary>
    FileDescriptors,

    /// <summary>Memory.</summary>
    Memory,

    /// <summary>Memory that processes share.</summary>
    SharedMemory,

    /// <summary>Room on a disk.</summary>
    Disk,
}
