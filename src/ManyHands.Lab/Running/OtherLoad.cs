using System.Globalization;

namespace ManyHands.Lab;

/// <summary>
/// How many cores others keep busy while something is timed: what all cores were busy, from the system's process files, less what the lab itself used.
/// </summary>
internal static class OtherLoad
{
    // Times of cores come in steps of this.
    private const double Step = 0.01;

    // Part of the cores that others may use, and the least number of them: background work of any system.
    private const double Part = 0.15;
    private const double Least = 0.3;

    /// <summary>Seconds that the cores this process may use were busy since the system's start, added up, and how many they are. Null where the system does not tell.</summary>
    public static (double Seconds, int Cores)? Busy()
    {
        if (!File.Exists("/proc/stat"))
            return null;
        HashSet<int> allowed = Allowed();
        double ticks = 0;
        int cores = 0;
        foreach (string line in File.ReadLines("/proc/stat").Skip(1).TakeWhile(line => line.StartsWith("cpu", StringComparison.Ordinal)))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (allowed.Count > 0 && !allowed.Contains(int.Parse(fields[0].AsSpan(3), CultureInfo.InvariantCulture)))
                continue;

            // user, nice, system, idle, waiting for disks, interrupts of two kinds, time that the host gave to others; see proc(5)
            cores++;
            ticks += fields.Skip(1).Take(8).Where((_, kind) => kind is not (3 or 4)).Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
        }

        return (ticks * Step, cores);
    }

    /// <summary>Cores that others kept busy, of those that this process may use; what is left to it anyway does not count.</summary>
    /// <param name="busy">Seconds that all cores were busy, added up.</param>
    /// <param name="own">Of these, what the lab and all its processes used.</param>
    /// <param name="wall">Seconds that went by.</param>
    /// <param name="allowed">Cores there are.</param>
    /// <param name="cores">Cores that this process may keep busy: fewer, where a quota says so.</param>
    public static double Cores(double busy, double own, double wall, int allowed, int cores) => Math.Max(0, ((busy - own) / wall) - (allowed - cores));

    /// <summary>Whether that disturbs what was timed.</summary>
    /// <param name="others">Cores that others kept busy.</param>
    /// <param name="wall">Seconds that went by: in short times the steps of the system's clocks show.</param>
    /// <param name="cores">Cores that this process may keep busy.</param>
    public static bool Disturbs(double others, double wall, int cores) => others > Math.Max(Least, Part * cores) + (Step * cores / wall);

    // A list such as 0-3,8.
    private static HashSet<int> Allowed()
    {
        const string Name = "Cpus_allowed_list:";
        string? line = File.Exists("/proc/self/status")
            ? File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal))
            : null;
        return
        [
            .. (line?[Name.Length..].Trim() ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).SelectMany(range =>
            {
                string[] ends = range.Split('-');
                int first = int.Parse(ends[0], CultureInfo.InvariantCulture);
                return Enumerable.Range(first, int.Parse(ends[^1], CultureInfo.InvariantCulture) - first + 1);
            }),
        ];
    }
}
