#!/usr/bin/env -S dotnet run
#:project ../src/ManyHands/ManyHands.csproj
#:property PublishAot=false

// The shared-state illusion: a list that tasks fill in other processes would stay empty here. So a captured variable is refused before
// anything runs, by name; and what to do instead is to return the value, or to share something explicitly.

using ManyHands;

await using var pool = new ProcessExecutor(workers: 2);

var found = new List<int>();
try
{
    await pool.ForEachAsync(Enumerable.Range(1, 10), (int number) => { found.Add(number * number); });
}
catch (ArgumentException error)
{
    Console.WriteLine($"Refused: {error.Message}");
}

await foreach (int square in pool.MapAsync(Enumerable.Range(1, 10), (int number) => number * number))
    found.Add(square);
Console.WriteLine($"Returned: {string.Join(' ', found)}");

// Threads share this process's memory, so there the list is really filled, and has to be guarded.
found.Clear();
await using var threads = new ThreadExecutor(workers: 2);
await threads.ForEachAsync(Enumerable.Range(1, 10), (int number) => { lock (found) found.Add(number * number); });
Console.WriteLine($"On threads: {string.Join(' ', found.Order())}");

// A static is not captured, so nothing can refuse it: each worker process has its own, and this one stays as it was. What is to be counted
// together is shared in so many words.
using var shared = new SharedCounter();
await pool.ForEachAsync(Enumerable.Repeat(shared, 10), (SharedCounter counter) => { Counts.Static++; counter.Increment(); });
Console.WriteLine($"Counted here: {Counts.Static} by the static, {shared.Value} by the shared counter");

static class Counts
{
    public static int Static;
}
