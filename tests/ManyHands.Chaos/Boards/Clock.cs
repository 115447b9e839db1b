using System.Diagnostics;

namespace ManyHands.Chaos.Boards;

/// <summary>The time on the board: the machine's monotonic clock, the same in all processes.</summary>
internal static class Clock
{
    public static long Now => Stopwatch.GetTimestamp();

    public static long Milliseconds(double count) => (long)(count * Stopwatch.Frequency / 1000);

    public static TimeSpan Between(long from, long to) => Stopwatch.GetElapsedTime(from, to);
}
