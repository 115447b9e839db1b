#!/usr/bin/env -S dotnet run
#:project ../src/ManyHands/ManyHands.csproj
#:property PublishAot=false

// Three kinds of work and nobody who says which is which: the executor looks at the first tasks of each, chooses where the others run and how many at once,
// and says why.

using ManyHands;

await using var pool = new AdaptiveExecutor();

int here = Environment.ProcessId;
await foreach (int pid in pool.MapUnorderedAsync(Enumerable.Repeat(30, 1000), Work.Wait))
    Work.Count(pid == here);
Console.WriteLine($"waiting: {Work.Here} tasks here, {Work.Elsewhere} in worker processes");

Work.Here = Work.Elsewhere = 0;
await foreach (int pid in pool.MapUnorderedAsync(Enumerable.Repeat(2_000_000, 60), Work.Compute))
    Work.Count(pid == here);
Console.WriteLine($"computing: {Work.Here} tasks here, {Work.Elsewhere} in worker processes");

int lost = 0;
foreach (int number in Enumerable.Range(0, 10))
{
    try
    {
        await pool.RunAsync(Work.Crash, number);
    }
    catch (WorkerLostException)
    {
        lost++;
    }
}

Console.WriteLine($"crashing: {lost} tasks lost, and this process lives");
foreach (WorkChoice choice in pool.Snapshot().Choices)
    Console.WriteLine($"{choice.Work}: {choice.Workers} × {choice.Executor}: {choice.Reason}");

static class Work
{
    private static readonly ManualResetEvent _never = new(initialState: false);

    public static int Here, Elsewhere;

    public static void Count(bool here) => _ = here ? Here++ : Elsewhere++;

    public static int Wait(int milliseconds)
    {
        _never.WaitOne(milliseconds);
        return Environment.ProcessId;
    }

    public static int Compute(int steps)
    {
        double sum = 0;
        for (int i = 0; i < steps; i++)
            sum += Math.Sqrt(i);
        return sum > 0 ? Environment.ProcessId : 0;
    }

    public static int Crash(int number) => number % 5 == 0 ? throw Ended() : number;

    private static InvalidOperationException Ended()
    {
        Environment.FailFast("It does that now and then.");
        return new InvalidOperationException();
    }
}
