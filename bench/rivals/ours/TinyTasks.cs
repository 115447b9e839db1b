using System.Diagnostics;

namespace ManyHands.Rivals.Ours;

/// <summary>Tasks with nothing to do, on processes: one after the other, many at once, as a map.</summary>
internal static class TinyTasks
{
    public static async Task RoundTripAsync()
    {
        await using var pool = new ProcessExecutor(workers: 1);
        int count = Measure.Scaled(5000);
        await Measure.WarmUpAsync(() => pool.RunAsync(Work.AddOne, 1));
        double[] times = new double[count];
        for (int i = 0; i < count; i++)
        {
            long started = Stopwatch.GetTimestamp();
            await pool.RunAsync(Work.AddOne, 1);
            times[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
        }

        Array.Sort(times);
        Measure.Report("round-trip", times[count / 2]);
        Measure.Report("p99", times[count * 99 / 100]);

        // A caller that blocks, on a thread of its own.
        var caller = new Thread(() =>
        {
            Measure.WarmUpAsync(() => Blocking(pool)).GetAwaiter().GetResult();
            for (int i = 0; i < count; i++)
            {
                long started = Stopwatch.GetTimestamp();
                Blocking(pool);
                times[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
            }
        });
        caller.Start();
        caller.Join();
        Measure.Report("blocking", Measure.Median(times));
    }

    public static async Task ManyAsync()
    {
        int count = Measure.Scaled(100_000);
        await using var pool = new ProcessExecutor(workers: 2);
        Task Burst()
        {
            var tasks = new Task<int>[count];
            for (int i = 0; i < count; i++)
                tasks[i] = pool.RunAsync(Work.AddOne, i);
            return Task.WhenAll(tasks);
        }

        await Measure.WarmUpAsync(Burst);
        Measure.Report("many", count / await Measure.MedianAsync(3, Burst));
    }

    public static async Task MapAsync()
    {
        int count = Measure.Scaled(1_000_000);
        await using var pool = new ProcessExecutor(workers: 2);
        async Task Map()
        {
            long sum = 0;
            await foreach (int result in pool.MapAsync(Enumerable.Range(0, count), Work.AddOne))
                sum += result;
            if (sum != count * (count + 1L) / 2)
                throw new InvalidOperationException("The map gave wrong results.");
        }

        await Measure.WarmUpAsync(Map);
        Measure.Report("map", count / await Measure.MedianAsync(3, Map));
    }

    private static Task Blocking(ProcessExecutor pool)
    {
        pool.RunAsync(Work.AddOne, 1).GetAwaiter().GetResult();
        return Task.CompletedTask;
    }
}
