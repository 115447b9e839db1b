using System.Globalization;

namespace ManyHands.Platform.Linux;

/// <summary>
/// How many processes of this process's memory cgroup the kernel has killed because memory ran out. Children start in the same one, so a
/// child that was killed while the count rose was killed for that.
/// </summary>
internal static class OutOfMemoryKills
{
    private static readonly Lock _gate = new();
    private static readonly string? _file = Find();
    private static long _claimed = Count() ?? 0;

    /// <summary>Begins to count, before the first child.</summary>
    public static void Watch() => _ = _claimed;

    /// <summary>One more has been killed than was claimed until now: it is the caller's.</summary>
    public static bool TryClaim()
    {
        lock (_gate)
        {
            if (!(Count() > _claimed))
                return false;
            _claimed++;
            return true;
        }
    }

    /// <summary>The count in the text of memory.events (version 2) or memory.oom_control (version 1); null where there is none.</summary>
    public static long? CountIn(string text)
    {
        const string name = "oom_kill ";
        string? line = Array.Find(text.Split('\n'), line => line.StartsWith(name, StringComparison.Ordinal));
        return line is not null && long.TryParse(line[name.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? count : null;
    }

    /// <summary>Where the count may be, from the lines of /proc/self/cgroup; the best first.</summary>
    public static IEnumerable<string> Places(string cgroups)
    {
        // hierarchy:controllers:path. Version 2 has no controllers; in a container the path may be seen from outside, and the mount is the cgroup.
        foreach (string[] entry in cgroups.Split('\n').Select(line => line.Split(':', 3)).Where(entry => entry.Length == 3))
        {
            bool isSecond = entry[1].Length == 0;
            if (!isSecond && !entry[1].Split(',').Contains("memory"))
                continue;
            string[] roots = isSecond ? ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"] : ["/sys/fs/cgroup/memory"];
            foreach (string root in roots)
            {
                string file = isSecond ? "memory.events" : "memory.oom_control";
                yield return root + entry[2].TrimEnd('/') + "/" + file;
                yield return root + "/" + file;
            }
        }
    }

    private static string? Find()
    {
        try
        {
            return Places(File.ReadAllText("/proc/self/cgroup")).FirstOrDefault(File.Exists);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static long? Count()
    {
        try
        {
            return _file is null ? null : CountIn(File.ReadAllText(_file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
