using System.Globalization;

namespace ManyHands.Platform.Linux;

/// <summary>How much memory this process could still take before the system would have to kill somebody.</summary>
internal static class FreeMemory
{
    private const string Group = "/sys/fs/cgroup";

    /// <summary>In bytes: what the machine has available, or what the process's group may still take where that is less.</summary>
    public static long Bytes() => Math.Min(OfMachine(Lines("/proc/meminfo")), OfGroups());

    /// <summary>From the lines of /proc/meminfo.</summary>
    public static long OfMachine(string[] lines) =>
        Array.Find(lines, line => line.StartsWith("MemAvailable:", StringComparison.Ordinal)) is { } line
        && long.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture, out long kibibytes)
            ? kibibytes * 1024
            : long.MaxValue;

    /// <summary>What a group may still take: its limit less what it has and cannot give back.</summary>
    /// <param name="limit">Bytes, or "max".</param>
    /// <param name="used">Bytes, those included that hold contents of files.</param>
    /// <param name="statistics">Lines of a name and bytes.</param>
    public static long OfGroup(string? limit, string? used, string[] statistics)
    {
        if (!long.TryParse(limit, CultureInfo.InvariantCulture, out long most) || !long.TryParse(used, CultureInfo.InvariantCulture, out long taken))
            return long.MaxValue;

        // The system lets go of file contents when memory is wanted, but not of shared memory, which it counts among them.
        long files = Math.Max(0, Statistic("file", "total_cache") - Statistic("shmem", "total_shmem"));
        return Math.Max(0, most - Math.Max(0, taken - files - Statistic("slab_reclaimable", "")));

        long Statistic(string second, string first) =>
            Array.Find(statistics, line => line.Split(' ')[0] == second || line.Split(' ')[0] == first) is { } line ? long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture) : 0;
    }

    // A limit holds for all groups below it. A container sees its own group at the root.
    private static long OfGroups()
    {
        long least = long.MaxValue;
        foreach (string line in Lines("/proc/self/cgroup"))
        {
            string[] parts = line.Split(':', 3);
            if (parts is not [_, var controllers, var path] || !(controllers.Length == 0 || controllers.Split(',').Contains("memory")))
                continue;
            bool second = controllers.Length == 0;
            string root = second ? Group : $"{Group}/memory";
            (string limit, string used) = second ? ("memory.max", "memory.current") : ("memory.limit_in_bytes", "memory.usage_in_bytes");
            for (string folder = path.TrimEnd('/'); ; folder = folder[..folder.LastIndexOf('/')])
            {
                least = Math.Min(least, OfGroup(First($"{root}{folder}/{limit}"), First($"{root}{folder}/{used}"), Lines($"{root}{folder}/memory.stat")));
                if (folder.Length == 0)
                    break;
            }
        }

        return least;
    }

    private static string? First(string file) => Lines(file) is [var first, ..] ? first : null;

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
