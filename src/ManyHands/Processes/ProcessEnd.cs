namespace ManyHands.Processes;

/// <summary>How a process ended.</summary>
/// <param name="ExitCode">Its exit code, or null where a signal ended it.</param>
/// <param name="Signal">The signal's number, or null.</param>
internal sealed record ProcessEnd(int? ExitCode, int? Signal);
