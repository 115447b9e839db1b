#!/usr/bin/env -S dotnet run
#:project ../src/ManyHands/ManyHands.csproj
#:property PublishAot=false

// Four heavy computations, one after the other and then on worker processes: each says which process did it, results come the instant
// they are done, and the times stand side by side. `dotnet run samples/forge.cs -- 2` uses two workers; four without a number.

using System.Diagnostics;
using ManyHands;

int workers = args is [var number] ? int.Parse(number) : 4;
string[] weapons = ["Brahmastra", "Gandiva", "Sudarshana", "Trishula"];

Console.WriteLine($"One after the other, in process {Environment.ProcessId}:");
var clock = Stopwatch.StartNew();
foreach (string weapon in weapons)
    Console.WriteLine($"  {Forge.Make(weapon)}");
TimeSpan serial = clock.Elapsed;
Console.WriteLine($"  {serial.TotalSeconds:f2} s");

await using var pool = new ProcessExecutor(workers);
await pool.ForEachAsync(Enumerable.Repeat("a nail", workers), (string nail) => { Forge.Warm(nail); }); // workers start, and their code is compiled

Console.WriteLine($"On {workers} worker processes:");
clock.Restart();
await foreach (string weapon in pool.MapUnorderedAsync(weapons, Forge.Make))
    Console.WriteLine($"  {weapon}");
TimeSpan parallel = clock.Elapsed;
Console.WriteLine($"  {parallel.TotalSeconds:f2} s, {serial / parallel:f2} times as fast on {Environment.ProcessorCount} cores");

static class Forge
{
    public static string Make(string name)
    {
        double heat = SumOfSquares(10_000_000);
        return $"{name,-10} forged by process {Environment.ProcessId} at {heat:e3} degrees";
    }

    public static void Warm(string name)
    {
        for (int i = 0; i < 50; i++)
            _ = SumOfSquares(200_000 + name.Length);
    }

    // Each square is of a number that depends on the one before, so that a compiler cannot take a short cut.
    private static double SumOfSquares(int count)
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
