namespace ManyHands.Rivals.Framework;

/// <summary>Task.Run and Parallel.ForEachAsync with nothing to do.</summary>
internal static class TinyTasks
{
    public static async Task RunAsync()
    {
        Measure.Report("await", await Measure.TinyAsync(() => Task.Run(() => AddOne(1))) * 1e6);
        Measure.Report("blocking", Measure.TinyBlocking(() => Task.Run(() => AddOne(1))) * 1e6);

        int count = Measure.Scaled(100_000);
        Task Burst()
        {
            var tasks = new Task<int>[count];
            for (int i = 0; i < count; i++)
            {
                int number = i;
                tasks[i] = Task.Run(() => AddOne(number));
            }

            return Task.WhenAll(tasks);
        }

        await Measure.WarmUpAsync(Burst);
        Measure.Report("burst", await Measure.MedianAsync(5, Burst) / count * 1e6);

        int items = Measure.Scaled(1_000_000);
        var results = new int[items];
        Task Each() => Parallel.ForEachAsync(Enumerable.Range(0, items), (number, _) =>
        {
            results[number] = AddOne(number);
            return ValueTask.CompletedTask;
        });

        await Measure.WarmUpAsync(Each);
        Measure.Report("map", await Measure.MedianAsync(3, Each) * 1e3);
    }

    private static int AddOne(int number) => number + 1;
}
