#!/usr/bin/env -S dotnet run
#:project ../src/ManyHands/ManyHands.csproj
#:property PublishAot=false

// One executor for all: what waits runs on threads, what computes on worker processes, and what is not to be trusted in a process of its own
// kind, by its label. One close ends them all, one snapshot counts them all.

using ManyHands;

await using var pool = new HybridExecutor(new PlacementPolicy
{
    Computing = new ProcessExecutor(workers: 2),
    Waiting = new ThreadExecutor(workers: 100),
    Labels = new Dictionary<string, Executor>
    {
        ["untrusted"] = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1, Retire = new Retirement { AfterTasks = 1 } }),
    },
});

int here = Environment.ProcessId;
int[] waited = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => pool.RunAsync(Work.Fetch, number)));
int[] computed = await Task.WhenAll(Enumerable.Range(0, 4).Select(number => pool.RunAsync(Work.Compute, number)));
int[] guests = [
    await pool.RunAsync(Work.Compute, 1, new SubmitOptions { Placement = "untrusted" }),
    await pool.RunAsync(Work.Compute, 1, new SubmitOptions { Placement = "untrusted" })];

Console.WriteLine($"100 fetches waited on threads of this process: {waited.All(pid => pid == here)}");
Console.WriteLine($"4 computations ran in {computed.Distinct().Count(pid => pid != here)} worker processes");
Console.WriteLine($"2 guests ran in {guests.Distinct().Count()} processes, a fresh one each");
ExecutorSnapshot snapshot = pool.Snapshot();
Console.WriteLine($"{snapshot.Succeeded} tasks succeeded: {string.Join(" + ", snapshot.Inner.Select(part => part.Succeeded))}");

static class Work
{
    // Asynchronous, so it is placed as work that waits.
    public static async Task<int> Fetch(int number)
    {
        await Task.Delay(50 + (number % 10));
        return Environment.ProcessId;
    }

    public static int Compute(int number)
    {
        double sum = number;
        for (int i = 0; i < 20_000_000; i++)
            sum += Math.Sqrt(i);
        return sum > 0 ? Environment.ProcessId : 0;
    }
}
