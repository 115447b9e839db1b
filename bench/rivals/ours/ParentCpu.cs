using System.Diagnostics;

namespace ManyHands.Rivals.Ours;

/// <summary>Processor time that this process, not the workers, spends on a tiny task: by how many are submitted before the first is awaited.</summary>
internal static class ParentCpu
{
    public static async Task RunAsync()
    {
        await using var pool = new ProcessExecutor(workers: 2);
        await PassAsync(pool, report: false); // the compiler's own time is this process's too
        await PassAsync(pool, report: true);
    }

    private static async Task PassAsync(ProcessExecutor pool, bool report)
    {
        foreach (int burst in (int[])[1, 10, 100, 1_000, 10_000])
        {
            double spent = await SpentAsync(burst == 1
                ? () => pool.RunAsync(Work.AddOne, 1)
                : () => Task.WhenAll(Enumerable.Range(0, burst).Select(i => pool.RunAsync(Work.AddOne, i))));
            if (report)
                Measure.Report($"run-{burst}", spent / burst * 1e6);
        }

        foreach (int flight in (int[])[2, 20, 200, 2_000, int.MaxValue])
        {
            int count = Measure.Scaled(flight < 1_000 ? 5_000 : 200_000);
            MapOptions options = flight == int.MaxValue ? new() : new() { MaxInFlight = flight };
            double spent = await SpentAsync(async () =>
            {
                await foreach (int _ in pool.MapAsync(Enumerable.Range(0, count), Work.AddOne, options))
                {
                }
            });
            if (report)
                Measure.Report(flight == int.MaxValue ? "map" : $"map-{flight}", spent / count * 1e6);
        }
    }

    /// <summary>Seconds of processor time for the action, done again and again for half a second.</summary>
    private static async Task<double> SpentAsync(Func<Task> action)
    {
        int times = 0;
        TimeSpan before = Environment.CpuUsage.TotalTime;
        for (var clock = Stopwatch.StartNew(); clock.ElapsedMilliseconds < (Measure.Quick ? 50 : 500); times++)
            await action();
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds / times;
    }
}
