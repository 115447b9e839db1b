namespace ManyHands.Rivals.Framework;

/// <summary>Ten thousand bare tasks that wait.</summary>
internal static class Waits
{
    public static async Task RunAsync()
    {
        int count = Measure.Scaled(10_000);
        Task All() => Task.WhenAll(Enumerable.Range(0, count).Select(number => WaitAsync(number, 50)));
        await Measure.WarmUpAsync(All);
        Measure.Report("waits", await Measure.MedianAsync(5, All) * 1e3);

        long before = GC.GetTotalMemory(forceFullCollection: true);
        Task<int>[] waiting = [.. Enumerable.Range(0, count).Select(number => WaitAsync(number, 1500))];
        Measure.Report("waiting-memory", (GC.GetTotalMemory(forceFullCollection: true) - before) / 1024.0 / count);
        await Task.WhenAll(waiting);
    }

    private static async Task<int> WaitAsync(int number, int milliseconds)
    {
        await Task.Delay(milliseconds);
        return number;
    }
}
