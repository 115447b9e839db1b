#!/usr/bin/env -S dotnet run
#:project ../src/ManyHands/ManyHands.csproj
#:property PublishAot=false
#:property Configuration=Release

// Work that computes for 5 ms and waits for 45: threads, processes, and processes with several lanes each, by the number that run at once. The most that the cores
// allow stands beside it. A second table is of the same work when it also allocates: then all threads of a process stop together whenever its collector works.
// Usage: dotnet run -c Release bench/mixed.cs [-- ROUNDS]   (3 unless told; a round takes about a minute)

using System.Diagnostics;
using System.Globalization;
using ManyHands;

if (typeof(Executor).Assembly.GetCustomAttributes(typeof(DebuggableAttribute), false) is [DebuggableAttribute { IsJITOptimizerDisabled: true }])
{
    Console.Error.WriteLine("The library is a debug build, which measures nothing. Run: dotnet run -c Release bench/mixed.cs");
    return 2;
}

int rounds = args is [var number] ? int.Parse(number, CultureInfo.InvariantCulture) : 3;
int cores = Environment.ProcessorCount;
Work.Calibrate();
Contestant[] contestants =
[
    .. ((int[])[2, 8, 20, 40]).Select(n => new Contestant($"{n} threads", n, () => new ThreadExecutor(n))),
    .. ((int[])[2, 8, 20, 40]).Select(n => new Contestant($"{n} processes", n, () => Processes(n, 1))),
    .. ((int[])[4, 10, 20]).Select(n => new Contestant($"2 processes × {n} lanes", 2 * n, () => Processes(2, n))),
];
Console.WriteLine($"{rounds} rounds, medians; {cores} cores, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}; tasks per second");
Console.WriteLine($"{"",-24}{"at once",10}{"most",10}{"5 + 45 ms",12}{"allocating",12}{"memory, MiB",14}");
var plain = contestants.ToDictionary(contestant => contestant, _ => new List<double>());
var allocating = contestants.ToDictionary(contestant => contestant, _ => new List<double>());
var memory = contestants.ToDictionary(contestant => contestant, _ => new List<double>());
for (int round = 0; round < rounds; round++)
{
    foreach (Contestant contestant in contestants)
    {
        await using Executor pool = contestant.Make();
        await pool.ForEachAsync(Enumerable.Repeat(0, 3 * contestant.AtOnce), (int _) => { Work.Mixed(Work.Steps); }); // all workers are there
        plain[contestant].Add(await Rate(pool, Work.Mixed, contestant.AtOnce));
        allocating[contestant].Add(await Rate(pool, Work.MixedAllocating, contestant.AtOnce));
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        await Task.Delay(500); // idle workers give back what they do not need
        memory[contestant].Add(((int[])[Environment.ProcessId, .. pool.Snapshot().Workers.Select(worker => worker.Pid).OfType<int>()]).Sum(Private) / 1024);
    }
}

foreach (Contestant contestant in contestants)
{
    double most = Math.Min(cores / 0.005, contestant.AtOnce / 0.050);
    Console.WriteLine(
        $"{contestant.Name,-24}{contestant.AtOnce,10}{most,10:f0}{Median(plain[contestant]),12:f0}{Median(allocating[contestant]),12:f0}{Median(memory[contestant]),14:f0}");
}

double Best(Dictionary<Contestant, List<double>> figures, Func<string, bool> which) =>
    figures.Where(pair => which(pair.Key.Name)).Max(pair => Median(pair.Value));
foreach (var (what, figures) in new[] { ("computing and waiting", plain), ("allocating too", allocating) })
{
    double lanes = Best(figures, name => name.Contains("lanes"));
    Console.WriteLine($"best with lanes beside best threads, {what}: {lanes / Best(figures, name => name.EndsWith("threads")):f2}; beside best processes: "
        + $"{lanes / Best(figures, name => name.EndsWith("processes")):f2}");
}

return 0;

static Executor Processes(int workers, int lanes) => new ProcessExecutor(new ProcessExecutorOptions { Workers = workers, LanesPerWorker = lanes });

static async Task<double> Rate(Executor pool, Func<int, int> work, int atOnce)
{
    int tasks = Math.Max(80, Math.Min(800, atOnce * 40));
    long start = Stopwatch.GetTimestamp();
    await foreach (int _ in pool.MapUnorderedAsync(Enumerable.Repeat(Work.Steps, tasks), work))
    {
    }

    return tasks / Stopwatch.GetElapsedTime(start).TotalSeconds;
}

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

static double Private(int pid) => File.ReadLines($"/proc/{pid}/smaps_rollup")
    .Where(line => line.StartsWith("Private_", StringComparison.Ordinal))
    .Sum(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));

sealed record Contestant(string Name, int AtOnce, Func<Executor> Make);

static class Work
{
    /// <summary>Steps that take 5 ms here when nothing else runs.</summary>
    public static int Steps { get; private set; } = 1_000_000;

    public static void Calibrate()
    {
        var times = new List<double>();
        for (int i = 0; i < 60; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Compute(Steps);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Steps = (int)(Steps * 5 / times.Skip(30).Order().ElementAt(15));
    }

    public static int Mixed(int steps)
    {
        Compute(steps);
        Thread.Sleep(45);
        return steps;
    }

    // The same time of computing, a part of which goes into objects that live for as long as the task does.
    public static int MixedAllocating(int steps)
    {
        var kept = new List<int[]>();
        long until = Stopwatch.GetTimestamp() + (Stopwatch.Frequency * 5 / 1000);
        while (Stopwatch.GetTimestamp() < until)
        {
            kept.Add(new int[25]);
            if (kept.Count == 20_000)
                kept.Clear();
        }

        Thread.Sleep(45);
        return kept.Count + steps;
    }

    private static double Compute(int steps)
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
