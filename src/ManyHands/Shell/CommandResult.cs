namespace ManyHands;

/// <summary>How an <see cref="ExternalCommand"/> ended, what it wrote and what it used.</summary>
public sealed record CommandResult
{
    /// <summary>The exit code, or null where a signal ended the program.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The number of the signal that ended the program, or null. Always null where the system knows no signals.</summary>
    public int? Signal { get; init; }

    /// <summary>Whether the program was stopped because its timeout had passed.</summary>
    public bool TimedOut { get; init; }

    /// <summary>Whether the program ended by itself with exit code 0.</summary>
    public bool Succeeded => ExitCode == 0 && !TimedOut;

    /// <summary>What the program wrote to standard output, within <see cref="ExternalCommand.OutputLimit"/>; a line says what was left out.</summary>
    public required string Output { get; init; }

    /// <summary>What the program wrote to standard error, within <see cref="ExternalCommand.OutputLimit"/>; a line says what was left out.</summary>
    public required string Error { get; init; }

    /// <summary>All bytes written to standard output, kept or not.</summary>
    public long OutputBytes { get; init; }

    /// <summary>All bytes written to standard error, kept or not.</summary>
    public long ErrorBytes { get; init; }

    /// <summary>Time from start to end.</summary>
    public TimeSpan WallTime { get; init; }

    /// <summary>Processor time of the program and of those of its children that it waited for. Zero where the system does not tell.</summary>
    public TimeSpan CpuTime { get; init; }

    /// <summary>
    /// Time that the program's first thread was ready to run and had to wait for a core, because others had them all. Its other threads and its children
    /// are not counted. Zero where the system does not tell.
    /// </summary>
    public TimeSpan ReadyTime { get; init; }

    /// <summary>
    /// The largest memory that one process among the program and its children had at one time, in bytes; an upper bound, because Linux counts the
    /// moment before exec, in which the program still had the memory of this process. 0 where the system does not tell.
    /// </summary>
    public long PeakMemory { get; init; }

    /// <summary>Times that the program and its children gave up a core to wait. 0 where the system does not tell.</summary>
    public long VoluntarySwitches { get; init; }

    /// <summary>Times that their core was given to another. 0 where the system does not tell.</summary>
    public long InvoluntarySwitches { get; init; }

    /// <summary>Bytes that they had read from disks, what was in the page cache not counted. 0 where the system does not tell.</summary>
    public long DiskReadBytes { get; init; }

    /// <summary>Bytes that they had to be written to disks, as far as that was accounted by their end. 0 where the system does not tell.</summary>
    public long DiskWrittenBytes { get; init; }
}
