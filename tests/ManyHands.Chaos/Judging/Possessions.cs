using System.Text;
using ManyHands.Chaos.Feeding;

namespace ManyHands.Chaos.Judging;

/// <summary>What this process holds of the system: taken before and after, so that what is left behind shows.</summary>
internal sealed record Possessions(
    IReadOnlyList<string> Descriptors, IReadOnlyList<string> Threads, IReadOnlyList<string> Temporary, IReadOnlyList<string> SharedMemory)
{
    private static readonly TimeSpan _settleLimit = TimeSpan.FromSeconds(10);

    public static Possessions Now() => new(
        [.. Directory.GetFiles("/proc/self/fd").Select(Target).OfType<string>().Where(target => !IsAssembly(target))],
        [.. Directory.GetDirectories("/proc/self/task").Select(ThreadName).OfType<string>().Where(name => !IsOfThreadPool(name))],
        [.. Directory.EnumerateFileSystemEntries(Path.GetTempPath(), "*", SearchOption.AllDirectories)],
        Directory.Exists("/dev/shm") ? [.. Directory.EnumerateFileSystemEntries("/dev/shm")] : []);

    /// <summary>Compares with an earlier state; what is still ending is given time.</summary>
    public static async Task Judge(Possessions before, string marker, Verdict verdict)
    {
        long start = TimeProvider.System.GetTimestamp();
        Possessions now = Now();
        List<string> processes = Marked(marker);
        while (!(now.IsWithin(before) && processes.Count == 0) && TimeProvider.System.GetElapsedTime(start) < _settleLimit)
        {
            await Task.Delay(20);
            (now, processes) = (Now(), Marked(marker));
        }

        verdict.None("processes left behind", processes.Count, processes);
        Compare("descriptors left behind", before.Descriptors, now.Descriptors);
        Compare("threads left behind", before.Threads, now.Threads);
        verdict.None("temporary files left behind", now.Temporary.Except(before.Temporary).Count(), now.Temporary);
        string[] shared = [.. now.SharedMemory.Except(before.SharedMemory).Where(path => !IsUsedByOthers(path, marker))];
        verdict.None("files left behind in /dev/shm", shared.Length, shared);

        // By number: a descriptor that was closed and one that was opened since need not have the same name.
        void Compare(string what, IReadOnlyList<string> earlier, IReadOnlyList<string> later) =>
            verdict.Judge(what, $"{Math.Max(0, later.Count - earlier.Count):n0}", later.Count <= earlier.Count, [$"{what}: {string.Join(", ", later)}"]);
    }

    /// <summary>Processes with a word in their environment, which they inherit from the workers.</summary>
    private static List<string> Marked(string marker) => ProcessesWith("environ", $"{Pools.Marker}={marker}");

    // The folder is everybody's: what a process that is none of ours has mapped is its own.
    private static bool IsUsedByOthers(string path, string marker) =>
        ProcessesWith("maps", path).Except(Marked(marker)).Any(folder => folder != $"/proc/{Environment.ProcessId}");

    private static List<string> ProcessesWith(string file, string text)
    {
        byte[] word = Encoding.UTF8.GetBytes(text);
        var found = new List<string>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            try
            {
                if (int.TryParse(Path.GetFileName(folder), out _) && File.ReadAllBytes(Path.Combine(folder, file)).AsSpan().IndexOf(word) >= 0)
                    found.Add(folder);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It has just ended, or belongs to somebody else.
            }
        }

        return found;
    }

    private bool IsWithin(Possessions before) =>
        Descriptors.Count <= before.Descriptors.Count && Threads.Count <= before.Threads.Count
        && !Temporary.Except(before.Temporary).Any() && !SharedMemory.Except(before.SharedMemory).Any();

    // The framework's own threads come and go as it sees fit.
    private static bool IsOfThreadPool(string name) => name.StartsWith(".NET", StringComparison.Ordinal);

    // Loaded when first used, and kept.
    private static bool IsAssembly(string target) => target.EndsWith(".dll", StringComparison.Ordinal);

    private static string? Target(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (IOException)
        {
            return null; // the one that was used for listing
        }
    }

    private static string? ThreadName(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "comm")).Trim();
        }
        catch (IOException)
        {
            return null; // it has just ended
        }
    }
}
