using System.Globalization;

namespace ManyHands.Advisor;

/// <summary>What the system's files tell of the machine (proc(5)).</summary>
internal static class SystemFiles
{
    private const int UsualDescriptors = 1024;

    /// <summary>Memory that can be had without taking it from others: the least of what the machine has available and what the runtime may use.</summary>
    public static long FreeBytes()
    {
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        long allowed = memory.TotalAvailableMemoryBytes;
        return Figure("/proc/meminfo", "MemAvailable:") is { } kibibytes ? Math.Min(allowed, kibibytes << 10) : allowed;
    }

    /// <summary>Threads that wanted a core, averaged over the last minute.</summary>
    public static double Load() =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : 0;

    /// <summary>File descriptors that this process may still open.</summary>
    public static int FreeDescriptors()
    {
        if (!File.Exists("/proc/self/limits"))
            return UsualDescriptors;
        string limit = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        int most = int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : int.MaxValue;
        return Math.Max(0, most - Directory.GetFileSystemEntries("/proc/self/fd").Length);
    }

    /// <summary>The number in the line that begins with a name, or null where there is none.</summary>
    public static long? Figure(string file, string name)
    {
        if (!File.Exists(file))
            return null;
        string? line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line is null ? null : long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
