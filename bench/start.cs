#!/usr/bin/env -S dotnet run
#:project ../src/ManyHands/ManyHands.csproj
#:property PublishAot=false
#:property Configuration=Release

// What a worker process costs: time from a fresh executor to its first result, and the worker's own memory after it (private pages, Linux).
// Medians of nine. Usage: dotnet run bench/start.cs

using System.Diagnostics;
using System.Globalization;
using ManyHands;

var times = new List<double>();
var memory = new List<double>();
for (int i = 0; i < 9; i++)
{
    var clock = Stopwatch.StartNew();
    await using var pool = new ProcessExecutor(workers: 1);
    int pid = await pool.RunAsync(Work.Process, 0);
    times.Add(clock.Elapsed.TotalMilliseconds);
    memory.Add(File.ReadLines($"/proc/{pid}/smaps_rollup")
        .Where(line => line.StartsWith("Private_", StringComparison.Ordinal))
        .Sum(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)) / 1024);
}

Console.WriteLine($"first result after {times.Order().ElementAt(4):f0} ms, {memory.Order().ElementAt(4):f1} MiB of its own");

static class Work
{
    public static int Process(int ignored) => Environment.ProcessId;
}
