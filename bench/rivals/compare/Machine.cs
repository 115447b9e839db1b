using System.Globalization;
using System.Runtime.InteropServices;

namespace ManyHands.Rivals.Compare;

/// <summary>What the figures were taken on, and whether somebody else was using it.</summary>
internal sealed class Machine
{
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(300);

    private readonly List<double> _others = [];
    private readonly List<double> _stolen = [];
    private readonly string _loadBefore = Load();

    public static string Description
    {
        get
        {
            string model = Lines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
                ?? "unknown processor";
            double memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30);
            return $"{model}, {Environment.ProcessorCount} cores, {memory:n0} GiB; {RuntimeInformation.OSDescription}, Linux {First("/proc/sys/kernel/osrelease")}";
        }
    }

    /// <summary>Looks for a moment in which no contestant runs how busy the processors are.</summary>
    public async Task LookAsync()
    {
        long[] before = Times();
        await Task.Delay(_look);
        double[] spent = [.. Times().Zip(before, (now, then) => (double)(now - then))];
        double all = spent.Sum();
        if (all == 0)
            return;
        _others.Add(1 - ((spent[3] + spent[4]) / all)); // idle, and waiting for a disk
        _stolen.Add(spent[7] / all);
    }

    /// <summary>What the looks saw.</summary>
    public string Quietness
    {
        get
        {
            if (_others.Count == 0)
                return $"load average {_loadBefore} before";
            _others.Sort();
            double usual = _others[_others.Count / 2];
            string seen = string.Create(CultureInfo.InvariantCulture,
                $"load average {_loadBefore} before; between contestants the processors were {usual:p0} busy (at most {_others[^1]:p0}), {_stolen.Max():p0} at most were taken by the host");
            return usual > 0.05 || _others[^1] > 0.5 ? $"NOT QUIET: {seen}. Run it again when nothing else runs." : seen;
        }
    }

    // user nice system idle iowait irq softirq steal
    private static long[] Times() =>
        [.. First("/proc/stat").Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(long.Parse)];

    private static string Load() => string.Join(' ', First("/proc/loadavg").Split(' ').Take(3));

    private static string First(string file) => Lines(file).FirstOrDefault() ?? "";

    private static IEnumerable<string> Lines(string file) => File.Exists(file) ? File.ReadLines(file) : [];
}
