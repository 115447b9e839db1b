#!/usr/bin/env -S dotnet run
#:project ../src/ManyHands/ManyHands.csproj
#:property PublishAot=false

// An endless loop that listens to nobody is killed at its deadline; the executor goes on with a fresh worker.

using System.Diagnostics;
using ManyHands;

await using var pool = new ProcessExecutor(workers: 1);
Console.WriteLine($"worker is process {await pool.RunAsync(Clock.Process, 0)}");

var watch = Stopwatch.StartNew();
try
{
    await pool.RunAsync(Clock.Spin, 0, new SubmitOptions { Timeout = TimeSpan.FromSeconds(1), Name = "the endless loop" });
}
catch (TaskTimeoutException error)
{
    Console.WriteLine($"after {watch.Elapsed.TotalSeconds:f1} s: {error.Message}");
}

Console.WriteLine($"worker is process {await pool.RunAsync(Clock.Process, 0)} now");

static class Clock
{
    public static int Process(int ignored) => Environment.ProcessId;

    public static void Spin(int ignored)
    {
        while (true)
        {
        }
    }
}
