using System.Diagnostics;
using ManyHands.Chaos.Feeding;
using ManyHands.Chaos.Judging;

namespace ManyHands.Chaos.Leaks;

/// <summary>Many tasks with a lost worker now and then; then what the process holds is compared with what it held after warming up.</summary>
internal static class LeakCommand
{
    private const double MostGrowth = 10; // MiB
    private const int RoundsPerLoss = 4;
    private const int MostWarmRounds = 8;
    private const int Reports = 5;

    public static async Task<int> Run(Arguments arguments)
    {
        int seed = arguments.Number("--seed", 1);
        int tasks = arguments.Number("--tasks", 1_000_000, least: LeakRound.Tasks);
        int rounds = tasks / LeakRound.Tasks, warmRounds = Math.Clamp(rounds / 2, 2, MostWarmRounds);
        Console.WriteLine($"{rounds * LeakRound.Tasks:n0} tasks, {rounds / RoundsPerLoss:n0} workers lost, seed {seed} …");
        string temporary = Directory.CreateTempSubdirectory("manyhands-leak-").FullName;

        // This run's own, so that whatever appears there is ours.
        Environment.SetEnvironmentVariable("TMPDIR", temporary);
        try
        {
            var random = new Random(seed);
            await using (ProcessExecutor first = New(temporary))
                await Work(first, random, warmRounds, "warming up", 1);
            Possessions before = Possessions.Now();

            var verdict = new Verdict();
            var clock = Stopwatch.StartNew();
            await using (ProcessExecutor pool = New(temporary))
            {
                Memory warm = await Work(pool, random, warmRounds, "warm", 1);
                Memory end = await Work(pool, random, rounds, "tasks", Reports);
                Judge(verdict, "managed memory grown by, MiB", end.Managed - warm.Managed);
                Judge(verdict, "resident memory grown by, MiB", end.Resident - warm.Resident);
            }

            await Possessions.Judge(before, temporary, verdict);
            Console.WriteLine($"  {clock.Elapsed.TotalSeconds:f1} s");
            verdict.Print();
            Console.WriteLine(verdict.IsKept ? "As promised." : "BROKEN.");
            return verdict.IsKept ? 0 : 1;
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    private static async Task<Memory> Work(ProcessExecutor pool, Random random, int rounds, string what, int reports)
    {
        var round = new LeakRound(pool, random);
        Memory memory = default;
        for (int number = 1; number <= rounds; number++)
        {
            await round.Run(loseWorker: number % RoundsPerLoss == 0);
            if (number * reports / rounds == (number - 1) * reports / rounds)
                continue;
            memory = Memory.Now();
            Possessions now = Possessions.Now();
            Console.WriteLine(
                $"  {what,-10} {number * LeakRound.Tasks,10:n0}  managed {memory.Managed,5:f1} MiB  resident {memory.Resident,6:f1} MiB  "
                + $"descriptors {now.Descriptors.Count,3}  threads {now.Threads.Count,3}");
        }

        return memory;
    }

    private static void Judge(Verdict verdict, string what, double grown) =>
        verdict.Judge($"{what} (at most {MostGrowth:f0})", $"{grown:+0.0;-0.0}", grown <= MostGrowth);

    private static ProcessExecutor New(string marker) => new(new ProcessExecutorOptions
    {
        Environment = new Dictionary<string, string?> { [Pools.Marker] = marker },
    });
}
