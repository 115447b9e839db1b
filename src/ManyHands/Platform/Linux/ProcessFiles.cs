using System.Globalization;
using System.Runtime.InteropServices;

namespace ManyHands.Platform.Linux;

/// <summary>What the system tells about a process in /proc.</summary>
internal static class ProcessFiles
{
    // USER_HZ, the unit of times in /proc: 100 on every Linux that .NET runs on.
    private const long TicksPerClock = TimeSpan.TicksPerSecond / 100;

    /// <summary>What a process has used until now. Memory is unknown for one that has ended and waits to be reaped.</summary>
    public static ProcessUsage Usage(int pid)
    {
        string[] fields = Fields(pid);
        const int user = 14 - 3, system = 15 - 3;
        TimeSpan? time = fields.Length > system ? TimeSpan.FromTicks((Number(fields[user]) + Number(fields[system])) * TicksPerClock) : null;
        string[] status = ReadText(pid, "status")?.Split('\n') ?? [];
        return new ProcessUsage(time, KiB(status, "VmHWM:"), KiB(status, "VmRSS:"));
    }

    /// <summary>What the processors did for a process until now; null where it is gone. Costs some 100 µs: a file for each of its threads.</summary>
    public static ProcessLoad? Load(int pid)
    {
        const int childUser = 16 - 3, childSystem = 17 - 3;
        const int processorClock = 2;
        if (LibC.ClockTime((~pid << 3) | processorClock, out LibC.TimeSpecification own) != 0) // by nanoseconds, where the files have clock ticks
            return null;
        string[] fields = Fields(pid);
        if (fields.Length <= childSystem)
            return null;
        TimeSpan children = TimeSpan.FromTicks((Number(fields[childUser]) + Number(fields[childSystem])) * TicksPerClock);
        return new ProcessLoad(Time(own.Seconds, own.Nanoseconds) + children, Delays(pid));
    }

    /// <summary>Time that a process's first thread was ready and had no processor; of one that has ended too, until it is reaped. Zero where that cannot be read.</summary>
    public static TimeSpan ReadyTime(int pid) => Read(pid, "schedstat") is [_, var delayed, ..] ? Time(0, Number(delayed)) : TimeSpan.Zero;

    // For each thread: nanoseconds on a processor, nanoseconds of waiting for one, and how often.
    private static Dictionary<string, TimeSpan> Delays(int pid)
    {
        var delays = new Dictionary<string, TimeSpan>();
        try
        {
            foreach (string folder in Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/task")))
            {
                string thread = Path.GetFileName(folder);
                if (Read(pid, $"task/{thread}/schedstat") is [_, var delayed, ..])
                    delays[thread] = Time(0, Number(delayed));
            }
        }
        catch (IOException)
        {
            // It has just ended.
        }

        return delays;
    }

    private static TimeSpan Time(long seconds, long nanoseconds) =>
        TimeSpan.FromTicks((seconds * TimeSpan.TicksPerSecond) + (nanoseconds / TimeSpan.NanosecondsPerTick));

    /// <summary>When a process began, in the system's own unit; it tells two apart that have had the same id. Null where that cannot be read.</summary>
    public static long? Birth(int pid)
    {
        const int birth = 22 - 3;
        string[] fields = Fields(pid);
        return fields.Length > birth ? Number(fields[birth]) : null;
    }

    /// <summary>A process has ended for certain. Where nobody can tell, as when no descriptor is left to look with, it has not.</summary>
    public static bool IsDead(int pid)
    {
        const int noSuchProcess = 3;
        if (LibC.Kill(pid, 0) < 0 && Marshal.GetLastPInvokeError() == noSuchProcess)
            return true;
        return Fields(pid) is ["Z" or "X", ..]; // not yet reaped
    }

    /// <summary>The words of a file; none where it cannot be read.</summary>
    public static string[] Read(int pid, string file) => ReadText(pid, file)?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) ?? [];

    // The name stands in brackets and may contain anything; after it come the state (field 3) and numbers.
    private static string[] Fields(int pid) =>
        ReadText(pid, "stat") is { } stat ? stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];

    private static string? ReadText(int pid, string file)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // it has just ended, or no descriptor is left
        }
    }

    private static long? KiB(string[] status, string name) => Array.Find(status, line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
        ? Number(line[name.Length..].Replace("kB", "", StringComparison.Ordinal)) * 1024
        : null;

    private static long Number(string text) => long.Parse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
}
