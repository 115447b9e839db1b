namespace ManyHands.Processes;

/// <summary>How a process ended.</summary>
/// <param name="ExitCode">Its exit code, or null where a signal ended it, or where something else in this process has taken its status.</param>
/// <param name="Signal">The signal's number, or null.</param>
internal sealed record ProcessEnd(int? ExitCode, int? Signal)
{
    private const int KillSignal = 9; // on every Unix
    private const int Terminated = -1; // on Windows

    /// <summary>What becomes of a process that has been killed, when the system gets to it.</summary>
    public static ProcessEnd Killed { get; } = new(null, KillSignal);

    /// <summary>That it has ended is all that is known.</summary>
    public static ProcessEnd Unknown { get; } = new(null, null);

    public bool IsUnknown => ExitCode is null && Signal is null;

    /// <summary>Time that processors worked for it; null where the system does not tell.</summary>
    public TimeSpan? ProcessorTime { get; init; }

    /// <summary>The most resident memory it had; null where the system does not tell.</summary>
    public long? PeakBytes { get; init; }

    /// <summary>It was killed: perhaps by us.</summary>
    public bool IsKilled => Signal == KillSignal || ExitCode == Terminated;
}
