using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;

// Processes are looked at in /proc, and scripts stand in for programs.
[assembly: SupportedOSPlatform("linux")]

namespace ManyHands.Cli.Tests;

/// <summary>Looks at processes that the code under test started.</summary>
internal static class Processes
{
    /// <summary>The process id that a script printed.</summary>
    public static int Id(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Whether the process runs; a zombie does not.</summary>
    public static bool IsAlive(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Kills a process, if it has not ended by itself meanwhile.</summary>
    public static void Kill(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // It has.
        }
    }

    /// <summary>Waits until none of the processes runs.</summary>
    public static Task AreGone(params int[] pids) =>
        Until(() => !pids.Any(IsAlive), $"processes {string.Join(", ", pids.Where(IsAlive))} are still running");

    /// <summary>Waits for something that raises no event we could await.</summary>
    public static async Task Until(Func<bool> condition, string otherwise)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(15))
                throw new TimeoutException(otherwise);
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>The processes whose environment holds the text.</summary>
    public static int[] WithEnvironment(string text) =>
        [.. Directory.GetDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), out int pid) ? pid : 0)
            .Where(pid => pid > 0 && IsAlive(pid) && Environment(pid).Contains(text, StringComparison.Ordinal))];

    /// <summary>The processes that a process has started and that still run.</summary>
    public static int[] ChildrenOf(int parent) =>
        [.. Directory.GetDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), out int pid) ? pid : 0).Where(pid => pid > 0 && ParentOf(pid) == parent)];

    /// <summary>The words of a process's command, each with a NUL behind it.</summary>
    public static string CommandOf(int pid) => Read(pid, "cmdline");

    private static int ParentOf(int pid) =>
        Read(pid, "stat") is { Length: > 0 } stat ? int.Parse(stat[(stat.LastIndexOf(')') + 4)..].Split(' ')[0], CultureInfo.InvariantCulture) : 0;

    private static string Read(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{file}");
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string Environment(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/environ");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
