using System.Globalization;

namespace ManyHands.Cli.Git;

/// <summary>How idle the machine's processors are, from /proc/stat; unknown where that does not exist.</summary>
internal sealed class ProcessorIdle
{
    private const string Source = "/proc/stat";
    private (long Idle, long Total) _last = Read();

    /// <summary>The idle share since the last call, 0 to 1; null when it is not known.</summary>
    public double? ShareSinceLastCall()
    {
        var now = Read();
        var (idle, total) = (now.Idle - _last.Idle, now.Total - _last.Total);
        _last = now;
        return total > 0 ? (double)idle / total : null;
    }

    private static (long Idle, long Total) Read()
    {
        if (!File.Exists(Source))
            return default;

        // cpu user nice system idle iowait irq softirq steal …, in ticks of all processors together.
        string[] words = File.ReadLines(Source).First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long total = 0;
        for (int i = 1; i <= 8; i++)
            total += Ticks(i);
        return (Ticks(4) + Ticks(5), total);

        long Ticks(int word) => long.Parse(words[word], CultureInfo.InvariantCulture);
    }
}
