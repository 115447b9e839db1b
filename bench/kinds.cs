#!/usr/bin/env -S dotnet run
#:project ../src/ManyHands/ManyHands.csproj
#:property PublishAot=false
#:property Configuration=Release

// The kinds of worker side by side: what one takes to make and to keep, what a round trip costs, and what two of them gain on two cores. These are the
// figures of docs/choosing.md. Linux.
// Usage: dotnet run -c Release bench/kinds.cs [-- ROUNDS]   (5 unless told)

using System.Diagnostics;
using System.Globalization;
using ManyHands;

if (typeof(Executor).Assembly.GetCustomAttributes(typeof(DebuggableAttribute), false) is [DebuggableAttribute { IsJITOptimizerDisabled: true }])
{
    Console.Error.WriteLine("The library is a debug build, which measures nothing. Run: dotnet run -c Release bench/kinds.cs");
    return 2;
}

if (args is ["memory", var name])
    return await Memory.Measure(Kinds.Find(name));
int rounds = args is [var number] ? int.Parse(number, CultureInfo.InvariantCulture) : 5;
Console.WriteLine($"{rounds} rounds, medians; {Environment.ProcessorCount} cores, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");

var memory = new Dictionary<Kind, double>();
foreach (Kind kind in Kinds.All)
    memory[kind] = await Memory.InProcessOfItsOwn(kind, Math.Min(rounds, 3));

var first = new Dictionary<Kind, List<double>>();
var next = new Dictionary<Kind, List<double>>();
var trips = new Dictionary<Kind, List<double>>();
var tasks = new Dictionary<Kind, List<double>>();
var items = new Dictionary<Kind, List<double>>();
var speedups = new Dictionary<Kind, List<double>>();
foreach (var figures in (Dictionary<Kind, List<double>>[])[first, next, trips, tasks, items, speedups])
{
    foreach (Kind kind in Kinds.All)
        figures[kind] = [];
}

var pools = new Dictionary<Kind, Executor>();
foreach (Kind kind in Kinds.All)
    pools[kind] = await Measure.Warm(kind.Make(2));
for (int round = 0; round < rounds; round++)
{
    foreach (Kind kind in Kinds.All)
    {
        Executor two = pools[kind];
        long start = Stopwatch.GetTimestamp();
        await using (Executor one = kind.Make(1))
        {
            await one.RunAsync(Work.AddOne, 1);
            first[kind].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            trips[kind].Add(await Measure.RoundTrip(one));
        }

        next[kind].Add(await Measure.Each(kind));
        tasks[kind].Add(await Measure.Tasks(two, 100_000));
        items[kind].Add(await Measure.Items(two, 1_000_000));
        speedups[kind].Add(await Measure.SpeedUp(two));
    }
}

foreach (Executor pool in pools.Values)
    await pool.CloseAsync();

Console.WriteLine($"{"",-48}{string.Concat(Kinds.All.Select(kind => $"{kind.Name,22}"))}");
Print("first result of a fresh executor, ms", first, "f1");
Print("each of 16 more workers until its first result, ms", next, "f2");
Console.WriteLine($"{"memory of one more worker, KiB",-48}{string.Concat(Kinds.All.Select(kind => $"{memory[kind],22:f0}"))}");
Print("round trip of a tiny task, 1 worker, µs", trips, "f1");
Print("100,000 tiny tasks by RunAsync, 2 workers, k/s", tasks, "f0");
Print("1,000,000 tiny items by MapAsync, 2 workers, k/s", items, "f0");
Print("speed-up of computing work, 2 workers", speedups, "f2");

int missed = 0;
Kind threads = Kinds.All[0], contexts = Kinds.All[1], processes = Kinds.All[3];
Goal("contexts' speed-up beside threads'", "≥ 0.95", Median(speedups[contexts]) / Median(speedups[threads]), figure => figure >= 0.95, "f2");
Goal("memory of a context beside a worker process", "≤ 0.03", memory[contexts] / memory[processes], figure => figure <= 0.03, "f3");
Goal("one more context until its first result", "≤ 1 ms", Median(next[contexts]), figure => figure <= 1, "f2");
Console.WriteLine(missed == 0 ? "All goals met." : $"{missed} missed.");
return missed == 0 ? 0 : 1;

void Print(string what, Dictionary<Kind, List<double>> figures, string format) =>
    Console.WriteLine($"{what,-48}{string.Concat(Kinds.All.Select(kind => $"{Median(figures[kind]).ToString(format, CultureInfo.InvariantCulture),22}"))}");

void Goal(string what, string goal, double figure, Func<double, bool> isMet, string format)
{
    missed += isMet(figure) ? 0 : 1;
    Console.WriteLine($"{what,-60}{goal,10}{figure.ToString(format, CultureInfo.InvariantCulture),10}{(isMet(figure) ? "" : "  MISSED")}");
}

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

sealed record Kind(string Name, Func<int, Executor> Make);

static class Kinds
{
    public static readonly Kind[] All =
    [
        new("threads", workers => new ThreadExecutor(workers)),
        new("contexts", workers => new ContextExecutor(workers)),
        new("contexts-collectible", workers => new ContextExecutor(new ContextExecutorOptions { Workers = workers, Collectible = true })),
        new("processes", workers => new ProcessExecutor(workers)),
        new("lanes-of-one-process", workers => new ProcessExecutor(new ProcessExecutorOptions { Workers = 1, LanesPerWorker = workers })),
    ];

    public static Kind Find(string name) => Array.Find(All, kind => kind.Name == name)!;
}

static class Measure
{
    public static async Task<double> RoundTrip(Executor pool)
    {
        var times = new List<double>();
        long until = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 2);
        while (Stopwatch.GetTimestamp() < until)
        {
            long start = Stopwatch.GetTimestamp();
            await pool.RunAsync(Work.AddOne, 1);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        times.RemoveRange(0, times.Count / 2); // warms up
        return times.Order().ElementAt(times.Count / 2);
    }

    // All code on the way is compiled, and compiled again by what the runtime has learned of it.
    public static async Task<Executor> Warm(Executor pool)
    {
        long until = Stopwatch.GetTimestamp() + (2 * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < until)
        {
            await Tasks(pool, 20_000);
            await Items(pool, 100_000);
        }

        return pool;
    }

    // One executor of 1, then of 17 workers, all of which have to meet.
    public static async Task<double> Each(Kind kind)
    {
        double one = await Meeting(kind, 1), many = await Meeting(kind, 17);
        return (many - one) / 16;
    }

    public static async Task<double> Tasks(Executor pool, int count)
    {
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, count).Select(number => pool.RunAsync(Work.AddOne, number)));
        return count / Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    public static async Task<double> Items(Executor pool, int count)
    {
        long start = Stopwatch.GetTimestamp();
        await foreach (int _ in pool.MapAsync(Enumerable.Range(0, count), Work.AddOne))
        {
        }

        return count / Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    public static async Task<double> SpeedUp(Executor pool)
    {
        for (int i = 0; i < 3; i++)
            await Task.WhenAll(pool.RunAsync(Work.Compute, 20_000_000), pool.RunAsync(Work.Compute, 20_000_000)); // both compile it
        Work.Compute(40_000_000);
        var ratios = new List<double>();
        for (int i = 0; i < 3; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Work.Compute(60_000_000);
            Work.Compute(60_000_000);
            TimeSpan serial = Stopwatch.GetElapsedTime(start);
            start = Stopwatch.GetTimestamp();
            await Task.WhenAll(pool.RunAsync(Work.Compute, 60_000_000), pool.RunAsync(Work.Compute, 60_000_000));
            ratios.Add(serial / Stopwatch.GetElapsedTime(start));
        }

        return ratios.Order().ElementAt(1);
    }

    private static async Task<double> Meeting(Kind kind, int workers)
    {
        using var counter = new SharedCounter();
        long start = Stopwatch.GetTimestamp();
        await using Executor pool = kind.Make(workers);
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => pool.RunAsync(Work.Meet, (counter, workers))));
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}

static class Memory
{
    private const int Few = 2, Many = 32;

    private static readonly List<Executor> _pools = []; // they stay: what is measured is with all workers there

    public static async Task<double> InProcessOfItsOwn(Kind kind, int rounds)
    {
        var figures = new List<double>();
        for (int i = 0; i < rounds; i++)
        {
            CommandResult result = await ExternalCommand.Create(
                "dotnet", "exec", Environment.GetCommandLineArgs()[0], "memory", kind.Name).RunAsync();
            figures.Add(double.Parse(result.Output, CultureInfo.InvariantCulture));
        }

        return figures.Order().ElementAt(figures.Count / 2);
    }

    // What is private to the process, or to a worker process, grows by with each worker, when all have run a task and nothing is going on.
    public static async Task<int> Measure(Kind kind)
    {
        double few = await Private(kind, Few), many = await Private(kind, Many);
        Console.WriteLine((many - few) / Many);
        return 0;
    }

    private static async Task<double> Private(Kind kind, int workers)
    {
        using var counter = new SharedCounter();
        Executor pool = kind.Make(workers);
        _pools.Add(pool);
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => pool.RunAsync(Work.Meet, (counter, workers))));
        await Task.Delay(500);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        await Task.Delay(100);
        int[] pids = [Environment.ProcessId, .. _pools.SelectMany(pool => pool.Snapshot().Workers).Select(worker => worker.Pid).OfType<int>()];
        return pids.Sum(Own);
    }

    private static double Own(int pid) => File.ReadLines($"/proc/{pid}/smaps_rollup")
        .Where(line => line.StartsWith("Private_", StringComparison.Ordinal))
        .Sum(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));
}

static class Work
{
    public static int AddOne(int number) => number + 1;

    public static int Meet((SharedCounter Counter, int Workers) all)
    {
        all.Counter.Increment();
        while (all.Counter.Value < all.Workers)
            Thread.Sleep(1);
        return Environment.CurrentManagedThreadId;
    }

    // Each number depends on the one before, so that a compiler cannot take a short cut.
    public static double Compute(int steps)
    {
        double sum = 0, number = 0;
        for (int i = 0; i < steps; i++)
        {
            number += 1 + (sum * 1e-300);
            sum += number * number;
        }

        return sum;
    }
}
