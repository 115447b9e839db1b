#!/usr/bin/env -S dotnet run
#:project ../src/ManyHands/ManyHands.csproj
#:property PublishAot=false
#:property Configuration=Release

// What two workers gain on work that computes, against what the machine can give: the same computations in two plain processes of this
// program, which share nothing and report nothing. Interleaved rounds, medians. Usage: dotnet run bench/speed-up.cs [-- ROUNDS]

using System.Diagnostics;
using System.Globalization;
using ManyHands;

const int Tasks = 8;
if (args is ["plain", var count])
{
    // One of the two plain processes: compiles its code, says that it is ready, computes its share, says how long it took.
    Forge.Warm();
    Console.WriteLine("ready");
    Console.ReadLine();
    for (int i = 0; i < int.Parse(count, CultureInfo.InvariantCulture); i++)
        Forge.SumOfSquares(10_000_000);
    Console.WriteLine("done");
    return;
}

int rounds = args is [var number] ? int.Parse(number, CultureInfo.InvariantCulture) : 7;
await using var pool = new ProcessExecutor(workers: 2);
await pool.ForEachAsync(Enumerable.Range(0, 2), (int _) => Forge.Warm());
Forge.Warm();

var serial = new List<double>();
var plain = new List<double>();
var workers = new List<double>();
var pids = new HashSet<int>();
for (int round = 0; round < rounds; round++)
{
    var clock = Stopwatch.StartNew();
    for (int i = 0; i < Tasks; i++)
        Forge.SumOfSquares(10_000_000);
    serial.Add(clock.Elapsed.TotalSeconds);

    plain.Add(await Plain(Tasks / 2));

    clock.Restart();
    await foreach (int pid in pool.MapUnorderedAsync(Enumerable.Repeat(10_000_000, Tasks), Forge.Task))
        pids.Add(pid);
    workers.Add(clock.Elapsed.TotalSeconds);
}

double plainGain = Median(serial) / Median(plain), gain = Median(serial) / Median(workers);
Console.WriteLine($"{Tasks} computations of 10,000,000 squares, medians of {rounds} interleaved rounds on {Environment.ProcessorCount} cores");
Console.WriteLine($"  one process           {Median(serial),8:f3} s");
Console.WriteLine($"  two plain processes   {Median(plain),8:f3} s   {plainGain:f2} times as fast");
Console.WriteLine($"  two workers           {Median(workers),8:f3} s   {gain:f2} times as fast, processes {string.Join(' ', pids)}");
Console.WriteLine($"  workers against plain processes: {gain / plainGain:f3}");

static async Task<double> Plain(int share)
{
    Process[] both = [.. Enumerable.Range(0, 2).Select(_ => Process.Start(
        new ProcessStartInfo(Environment.ProcessPath!, ["plain", share.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!)];
    foreach (Process process in both)
        await process.StandardOutput.ReadLineAsync();
    var clock = Stopwatch.StartNew();
    foreach (Process process in both)
        process.StandardInput.WriteLine();
    foreach (Process process in both)
        await process.StandardOutput.ReadLineAsync();
    double seconds = clock.Elapsed.TotalSeconds;
    foreach (Process process in both)
    {
        await process.WaitForExitAsync();
        process.Dispose();
    }

    return seconds;
}

static double Median(List<double> values)
{
    double[] sorted = [.. values.Order()];
    return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
}

static class Forge
{
    public static int Task(int count)
    {
        SumOfSquares(count);
        return Environment.ProcessId;
    }

    public static void Warm()
    {
        for (int i = 0; i < 60; i++)
            SumOfSquares(200_000);
    }

    public static double SumOfSquares(int count)
    {
        double sum = 0, number = 0;
        for (int i = 0; i < count; i++)
        {
            number = Math.Sqrt((number * number) + i + 1) % 1000;
            sum += number * number;
        }

        return sum;
    }
}
