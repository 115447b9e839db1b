using System.Diagnostics;

namespace ManyHands.Rivals.Ours;

/// <summary>How soon workers are there: those of a fresh pool, and one in the place of a killed one.</summary>
internal static class Lives
{
    public static async Task StartAsync()
    {
        await FirstResults(); // what the application's own runtime has to load is not the subject
        var times = new List<double>();
        for (int i = 0; i < 5; i++)
            times.Add(await FirstResults());
        Measure.Report("start", Measure.Median(times));
    }

    public static async Task KillAsync()
    {
        Measure.Report("kill", await Replacement(new ProcessExecutorOptions { Workers = 1 }, TimeSpan.Zero));
        Measure.Report("kill-warm", await Replacement(new ProcessExecutorOptions { Workers = 1, WarmSpares = 1 }, TimeSpan.FromMilliseconds(400)));
    }

    private static async Task<double> FirstResults()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("manyhands-bench-");
        try
        {
            long started = Stopwatch.GetTimestamp();
            await using var pool = new ProcessExecutor(workers: 2);
            int[] pids = await Task.WhenAll(pool.RunAsync(Work.Meet, folder.FullName), pool.RunAsync(Work.Meet, folder.FullName));
            double elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            return pids[0] != pids[1] ? elapsed : throw new InvalidOperationException("One worker ran both tasks.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Median milliseconds from the kill of the only worker to the next result.</summary>
    /// <param name="options">Of the pool.</param>
    /// <param name="pause">What a spare worker has to get ready.</param>
    private static async Task<double> Replacement(ProcessExecutorOptions options, TimeSpan pause)
    {
        await using var pool = new ProcessExecutor(options);
        var times = new List<double>();
        for (int i = -1; i < 7; i++)
        {
            int pid = await pool.RunAsync(Work.Process, 0);
            await Task.Delay(pause);
            using Process worker = Process.GetProcessById(pid);
            long started = Stopwatch.GetTimestamp();
            worker.Kill();
            if (await pool.RunAsync(Work.Process, 0) == pid)
                throw new InvalidOperationException("The killed worker gave a result.");
            if (i >= 0)
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return Measure.Median(times);
    }
}
