using System.Diagnostics;

namespace ManyHands.Rivals.Ours;

/// <summary>Tasks on threads: with nothing to do, that wait, that block.</summary>
internal static class Threads
{
    public static async Task TinyAsync()
    {
        await using var pool = new ThreadExecutor(workers: 2);
        Measure.Report("await", await Measure.TinyAsync(() => pool.RunAsync(Work.AddOne, 1)) * 1e6);
        Measure.Report("blocking", Measure.TinyBlocking(() => pool.RunAsync(Work.AddOne, 1)) * 1e6);

        int count = Measure.Scaled(100_000);
        Task Burst()
        {
            var tasks = new Task<int>[count];
            for (int i = 0; i < count; i++)
                tasks[i] = pool.RunAsync(Work.AddOne, i);
            return Task.WhenAll(tasks);
        }

        await Measure.WarmUpAsync(Burst);
        Measure.Report("burst", await Measure.MedianAsync(5, Burst) / count * 1e6);

        int items = Measure.Scaled(1_000_000);
        async Task Map()
        {
            var results = new int[items];
            int index = 0;
            await foreach (int result in pool.MapAsync(Enumerable.Range(0, items), Work.AddOne))
                results[index++] = result;
        }

        await Measure.WarmUpAsync(Map);
        Measure.Report("map", await Measure.MedianAsync(3, Map) * 1e3);
    }

    public static async Task WaitsAsync()
    {
        int count = Measure.Scaled(10_000);
        await using var pool = new ThreadExecutor(workers: 10_000);
        Task All() => Task.WhenAll(Enumerable.Range(0, count).Select(number => pool.RunAsync(number => WaitAsync(number, 50), number)));
        await Measure.WarmUpAsync(All);
        Measure.Report("waits", await Measure.MedianAsync(5, All) * 1e3);

        long before = GC.GetTotalMemory(forceFullCollection: true);
        int begun = 0;
        Task<int>[] waiting = [.. Enumerable.Range(0, count).Select(number => pool.RunAsync(
            number =>
            {
                Interlocked.Increment(ref begun);
                return WaitAsync(number, 1500);
            },
            number))];
        while (Volatile.Read(ref begun) < count)
            await Task.Delay(1);
        Measure.Report("waiting-memory", (GC.GetTotalMemory(forceFullCollection: true) - before) / 1024.0 / count);
        await Task.WhenAll(waiting);
    }

    public static async Task BlocksAsync()
    {
        int count = Measure.Scaled(1_000);
        List<double> fresh = [], again = [];
        for (int i = 0; i < 3; i++)
        {
            long started = Stopwatch.GetTimestamp();
            await using var pool = new ThreadExecutor(workers: count);
            foreach (List<double> times in (List<double>[])[fresh, again])
            {
                await Task.WhenAll(Enumerable.Range(0, count).Select(_ => pool.RunAsync(Block, 50)));
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                started = Stopwatch.GetTimestamp();
            }
        }

        Measure.Report("blocks", Measure.Median(fresh));
        Measure.Report("blocks-again", Measure.Median(again));
    }

    private static async Task<int> WaitAsync(int number, int milliseconds)
    {
        await Task.Delay(milliseconds);
        return number;
    }

    private static int Block(int milliseconds)
    {
        Thread.Sleep(milliseconds);
        return milliseconds;
    }
}
