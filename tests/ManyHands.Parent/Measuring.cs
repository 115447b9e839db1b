using System.Globalization;
using ManyHands;
using ManyHands.Conformance.Work;

/// <summary>What an executor leaves in the process that uses it: figures of a process of its own, where nobody else runs.</summary>
internal static class Measuring
{
    /// <summary>Has a task print that many bytes. Tells what was printed, the memory kept afterwards and the growth of the peak, in bytes.</summary>
    public static async Task<string> Flood(long bytes, bool error, bool lines)
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1, Output = WorkerOutput.Discard });
        await pool.RunAsync(Printing.Flood, (100_000L, error, lines));
        long kept = GC.GetTotalMemory(forceFullCollection: true), peak = Peak();
        long printed = await pool.RunAsync(Printing.Flood, (bytes, error, lines));
        return string.Create(CultureInfo.InvariantCulture, $"{printed} {GC.GetTotalMemory(forceFullCollection: true) - kept} {Peak() - peak}");
    }

    /// <summary>
    /// Uses executors up in every way, twice, and tells what the second time has added: descriptors, threads of the library, files in the
    /// temporary folder, other processes with the mark, and bytes on the heap.
    /// </summary>
    /// <param name="tasks">Tasks of each time.</param>
    /// <param name="mark">A variable that this process was started with, and so each of its workers.</param>
    public static async Task<string> Leaks(int tasks, string mark)
    {
        await UseUp(tasks);
        long[] before = Figures(mark);
        await UseUp(tasks);
        long[] after = Figures(mark);

        // The threads that looked after the last workers close what they had.
        for (int look = 0; look < 1000 && after.Take(4).Zip(before).Any(pair => pair.First > pair.Second); look++)
        {
            await Task.Delay(10);
            after = Figures(mark);
        }

        return string.Join(' ', after.Zip(before).Select(pair => pair.First - pair.Second));
    }

    private static async Task UseUp(int tasks)
    {
        for (int round = 0; round < 2; round++)
        {
            await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 2, KillAfter = TimeSpan.Zero, Output = WorkerOutput.Discard });
            await foreach (int _ in pool.MapAsync(Enumerable.Range(0, tasks / 4), Arithmetic.AddOne))
            {
            }

            await Task.WhenAll(Enumerable.Range(0, tasks / 4).Select(number => pool.RunAsync(Arithmetic.AddOne, number)));
            using var cancel = new CancellationTokenSource();
            Task[] unwell =
            [
                pool.RunAsync(Crashing.Kill, 0),
                pool.RunAsync(Failing.Throw, "no"),
                pool.RunAsync(Waiting.For, 1_000_000, new SubmitOptions { Timeout = TimeSpan.FromMilliseconds(50) }),
                pool.RunAsync(Waiting.For, 1_000_000, cancel.Token),
                pool.RunAsync(Arithmetic.EchoBytes, new byte[50_000]),
            ];
            await Task.WhenAll(unwell[..3].Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));
            await cancel.CancelAsync();
            await Task.WhenAll(unwell.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));
            await pool.CloseAsync(round == 0 ? CloseMode.Drain : CloseMode.Kill);
        }
    }

    private static long[] Figures(string mark) =>
    [
        Directory.GetFiles("/proc/self/fd").Length,
        Directory.GetDirectories("/proc/self/task").Count(thread => ReadText($"{thread}/comm").StartsWith("ManyHands", StringComparison.Ordinal)),
        Directory.GetFileSystemEntries(Path.GetTempPath()).Length,
        Directory.GetDirectories("/proc").Count(process => ReadText($"{process}/environ").Contains(mark, StringComparison.Ordinal)),
        GC.GetTotalMemory(forceFullCollection: true),
    ];

    private static string ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ""; // it is no process, or none any more, or none of ours
        }
    }

    // Of resident memory, in bytes.
    private static long Peak() => Figure("VmHWM:") * 1024;

    private static long Figure(string name) => long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal)).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
