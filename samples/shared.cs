#!/usr/bin/env -S dotnet run
#:project ../src/ManyHands/ManyHands.csproj
#:property PublishAot=false

// What processes share, they share explicitly: an array in place of copies, a value that is sent once per worker, a counter, a lock, and a channel
// through which messages come while tasks run. Everything else is a copy: see illusion.cs.

using ManyHands;

const int parts = 8;
await using var pool = new ProcessExecutor(workers: 2);

using var roots = new SharedArray<double>(8_000_000);              // 61 MiB, once, however many workers there are
using var names = new Broadcast<string[]>(["Bhima", "Arjuna"]);    // decoded once in each worker, not once for each task
using var done = new SharedCounter();
using var best = new SharedArray<double>(1);
using var guard = new SharedLock();
using var news = new SharedChannel<string>();

Task work = pool.ForEachAsync(
    Enumerable.Range(0, parts).Select(part => new Order(part, roots, names, done, best, guard, news.Writer)),
    (Order order) => { order.Run(); });
_ = work.ContinueWith(_ => news.Complete(), TaskScheduler.Default);

await foreach (string line in news.ReadAllAsync())
    Console.WriteLine(line);
await work;

Console.WriteLine($"{done.Value} parts done; the last root is {roots[^1]:f3}; the greatest seen is {best[0]:f3}");

sealed record Order(
    int Part, SharedArray<double> Roots, Broadcast<string[]> Names, SharedCounter Done, SharedArray<double> Best, SharedLock Guard, SharedWriter<string> News)
{
    public void Run()
    {
        int size = Roots.Length / 8;
        Span<double> own = Roots.Span.Slice(Part * size, size); // each task its own range: nothing to guard
        for (int i = 0; i < own.Length; i++)
            own[i] = Math.Sqrt((Part * size) + i + 1);

        using (Guard.Enter()) // two steps that must not be torn apart
            Best[0] = Math.Max(Best[0], own[^1]);

        string name = Names.Value[Part % 2];
        News.Write($"  {name} has done part {Part} in process {Environment.ProcessId}, number {Done.Increment()} of 8");
    }
}
