using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ManyHands.Rivals;

/// <summary>Measuring and reporting: one name and value a line, times in the unit that the name's row in the table has.</summary>
internal static class Measure
{
    /// <summary>A tenth of the work is asked for.</summary>
    public static bool Quick { get; private set; }

    /// <summary>Reads the arguments and says who this is.</summary>
    public static void Begin(string[] arguments)
    {
        Quick = arguments.Contains("quick");
        Console.WriteLine($"# {RuntimeInformation.FrameworkDescription}");
    }

    public static void Report(string name, double value) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}\t{value}"));

    /// <summary>A count for a full run, a tenth of it for a quick one.</summary>
    public static int Scaled(int count) => Quick ? count / 10 : count;

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Median seconds of an action.</summary>
    public static async Task<double> MedianAsync(int times, Func<Task> action)
    {
        var seconds = new double[times];
        for (int i = 0; i < times; i++)
            seconds[i] = await SecondsAsync(action);
        return Median(seconds);
    }

    public static async Task<double> SecondsAsync(Func<Task> action)
    {
        long started = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>The same two seconds for every contestant, for those that compile as they run.</summary>
    public static async Task WarmUpAsync(Func<Task> action)
    {
        for (var clock = Stopwatch.StartNew(); clock.ElapsedMilliseconds < (Quick ? 100 : 2000);)
            await action();
    }

    /// <summary>Median seconds of an action that takes less than a clock can tell: of rows of a hundred.</summary>
    public static async Task<double> TinyAsync(Func<Task> action)
    {
        await WarmUpAsync(action);
        return await MedianAsync(Scaled(300), async () =>
        {
            for (int i = 0; i < 100; i++)
                await action();
        }) / 100;
    }

    /// <summary>The same, for a caller that blocks: a thread of its own.</summary>
    public static double TinyBlocking(Func<Task> action)
    {
        double seconds = 0;
        var caller = new Thread(() => seconds = TinyAsync(() =>
        {
            action().GetAwaiter().GetResult();
            return Task.CompletedTask;
        }).GetAwaiter().GetResult());
        caller.Start();
        caller.Join();
        return seconds;
    }
}
