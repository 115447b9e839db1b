namespace ManyHands.Platform.Linux;

/// <summary>How a process ended, as waitpid reports it.</summary>
internal readonly record struct WaitStatus(int Raw)
{
    /// <summary>The signal that ended it, or null.</summary>
    public int? Signal => (Raw & 0x7F) == 0 ? null : Raw & 0x7F;

    /// <summary>Its exit code, or null where a signal ended it.</summary>
    public int? ExitCode => (Raw & 0x7F) == 0 ? (Raw >> 8) & 0xFF : null;
}
