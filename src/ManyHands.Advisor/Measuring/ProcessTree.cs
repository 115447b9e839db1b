using System.Globalization;
using System.Runtime.InteropServices;

namespace ManyHands.Advisor;

/// <summary>
/// This process and its descendants, as the system's process files tell of them (proc(5)). Where there are none, there is nothing to tell, and all
/// figures are 0. Takes about a millisecond for each hundred processes of the machine, so it is no part of what is being timed.
/// </summary>
public static class ProcessTree
{
    // USER_HZ has been 100 on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>What the tree has used so far. Thread-safe.</summary>
    /// <returns>Processor time and context switches, summed.</returns>
    public static TreeUsage Usage()
    {
        long voluntary = 0, involuntary = 0, ready = 0;
        double seconds = 0;
        List<int> tree = Below(Environment.ProcessId);
        foreach (int pid in tree)
        {
            if (Stat(pid) is not { } stat)
                continue;
            seconds += (OwnSeconds(pid) ?? stat.Ticks / TicksPerSecond) + (stat.TicksOfChildren / TicksPerSecond);
            foreach (string thread in Entries($"/proc/{pid}/task"))
            {
                foreach (string line in Lines($"{thread}/status"))
                {
                    if (line.StartsWith("voluntary_ctxt_switches:", StringComparison.Ordinal))
                        voluntary += Number(line);
                    else if (line.StartsWith("nonvoluntary_ctxt_switches:", StringComparison.Ordinal))
                        involuntary += Number(line);
                }

                // Nanoseconds on a core, nanoseconds ready for one, turns.
                if (Lines($"{thread}/schedstat") is [var times, ..] && times.Split(' ') is [_, var waited, ..])
                    ready += long.Parse(waited, CultureInfo.InvariantCulture);
            }
        }

        return new TreeUsage(TimeSpan.FromSeconds(seconds), voluntary, involuntary, tree.Count)
        {
            ReadyTime = TimeSpan.FromMicroseconds(ready / 1000),
        };
    }

    /// <summary>
    /// Memory of the tree in bytes: proportional set sizes (PSS), in which a page that n processes share counts for one n-th in each, so that the sum is
    /// what the tree really takes. Thread-safe.
    /// </summary>
    /// <returns>Bytes, or 0 where the system does not tell.</returns>
    public static long ProportionalBytes()
    {
        long kibibytes = 0;
        foreach (int pid in Below(Environment.ProcessId))
        {
            foreach (string line in Lines($"/proc/{pid}/smaps_rollup"))
            {
                if (line.StartsWith("Pss:", StringComparison.Ordinal))
                    kibibytes += Number(line);
            }
        }

        return kibibytes << 10;
    }

    /// <summary>The most memory that a process and its descendants have had so far, in bytes, each what it had at most itself; of those that still live.</summary>
    internal static long PeakBytes(int root, bool alone)
    {
        // Between fork and exec a child may still have its parent's memory: the same figures are the same memory.
        var all = new HashSet<(long Peak, long Size, long Data)>();
        foreach (int pid in alone ? [root] : Below(root))
        {
            string[] lines = Lines($"/proc/{pid}/status");
            if (Array.Find(lines, line => line.StartsWith("VmHWM:", StringComparison.Ordinal)) is { } peak)
                all.Add((Number(peak), Named("VmSize:"), Named("VmData:")));

            long Named(string name) => Array.Find(lines, line => line.StartsWith(name, StringComparison.Ordinal)) is { } line ? Number(line) : 0;
        }

        return all.Sum(one => one.Peak) << 10;
    }

    private static List<int> Below(int root)
    {
        var parents = new Dictionary<int, int>();
        foreach (string path in Entries("/proc"))
        {
            if (int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && Stat(pid) is { } stat)
                parents[pid] = stat.Parent;
        }

        return [.. parents.Keys.Where(IsOurs)];

        bool IsOurs(int pid)
        {
            // Bounded: process ids are read one after another, and may have been given away in between.
            for (int depth = 0; depth < 64; depth++)
            {
                if (pid == root)
                    return true;
                if (!parents.TryGetValue(pid, out pid))
                    return false;
            }

            return false;
        }
    }

    // Fields by their numbers in proc(5): 4 is the parent, 14 to 17 the times of itself and of the children it has waited for. The name, field 2, may
    // contain anything, and ends with the last parenthesis.
    private static (int Parent, long Ticks, long TicksOfChildren)? Stat(int pid)
    {
        if (Lines($"/proc/{pid}/stat") is not [var line, ..])
            return null;
        string[] fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
        return (
            int.Parse(fields[1], CultureInfo.InvariantCulture),
            fields[11..13].Sum(field => long.Parse(field, CultureInfo.InvariantCulture)),
            fields[13..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture)));
    }

    // The processor clock of another process, whose number holds its id: clock_getcpuclockid(3). Exact where the files have steps of 10 ms.
    private static double? OwnSeconds(int pid)
    {
        const int processorClock = 2;
        try
        {
            return ClockTime((~pid << 3) | processorClock, out TimeSpecification time) == 0 ? time.Seconds + (time.Nanoseconds / 1e9) : null;
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int ClockTime(int clock, out TimeSpecification time);

    private readonly struct TimeSpecification
    {
        public readonly nint Seconds;
        public readonly nint Nanoseconds;
    }

    private static long Number(string line) =>
        long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    // A process may end between any two reads: what is gone has nothing to tell.
    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string[] Entries(string folder)
    {
        try
        {
            return Directory.GetFileSystemEntries(folder);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
