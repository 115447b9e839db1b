namespace ManyHands.Platform;

/// <summary>What a process has used; null where the system does not tell.</summary>
internal readonly record struct ProcessUsage(TimeSpan? ProcessorTime, long? PeakBytes, long? ResidentBytes);
