using System.Globalization;

namespace ManyHands;

/// <summary>What a worker process had used when it ended, over its whole life; null where the system could not tell.</summary>
/// <param name="ProcessorTime">Time that processors worked for it.</param>
/// <param name="PeakBytes">The most resident memory that it ever had. For a worker that ended unasked only known where it was more than this process had.</param>
/// <param name="ResidentBytes">Resident memory shortly before it was killed. Unknown for a worker that ended unasked.</param>
public sealed record WorkerUsage(TimeSpan? ProcessorTime, long? PeakBytes, long? ResidentBytes)
{
    /// <summary>Null where nothing at all is known.</summary>
    internal static WorkerUsage? Of(TimeSpan? processorTime, long? peakBytes, long? residentBytes) =>
        processorTime is null && peakBytes is null && residentBytes is null ? null : new(processorTime, peakBytes, residentBytes);

    /// <summary>One sentence, with a space before it; empty where nothing is known.</summary>
    internal string Sentence
    {
        get
        {
            string[] parts =
            [
                .. ProcessorTime is { } time ? [string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s of processor time")] : Array.Empty<string>(),
                .. ResidentBytes is { } resident ? [$"{MiB(resident)} of memory at the end"] : Array.Empty<string>(),
                .. PeakBytes is { } peak ? [$"{MiB(peak)} at its peak"] : Array.Empty<string>(),
            ];
            return parts.Length == 0 ? "" : $" In its life it used {string.Join(", ", parts)}.";
        }
    }

    /// <summary>A number of bytes for people.</summary>
    internal static string MiB(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0} MiB");
}
