using System.Globalization;

namespace ManyHands.Rivals.Ours;

/// <summary>Memory of a worker's own: private pages, in MiB, so neighbours that share the runtime's code do not count.</summary>
internal static class Memory
{
    public static async Task RunAsync()
    {
        await using var pool = new ProcessExecutor(workers: 2);
        Measure.Report("idle", await MeanAsync(pool, Work.Meet));
        for (int i = 0; i < 4; i++)
            await MeanAsync(pool, Work.Litter);
        Measure.Report("littered", await MeanAsync(pool, Work.Litter));
    }

    private static async Task<double> MeanAsync(ProcessExecutor pool, Func<string, int> work)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("manyhands-bench-");
        int[] pids = await Task.WhenAll(pool.RunAsync(work, folder.FullName), pool.RunAsync(work, folder.FullName));
        folder.Delete(recursive: true);
        await Task.Delay(300);
        return pids.Distinct().Count() == 2 ? pids.Average(Own) : throw new InvalidOperationException("One worker ran both tasks.");
    }

    private static double Own(int pid) => File.ReadLines($"/proc/{pid}/smaps_rollup")
        .Where(line => line.StartsWith("Private_", StringComparison.Ordinal))
        .Sum(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)) / 1024;
}
