using System.Diagnostics;
using System.Runtime.InteropServices;
using ManyHands.Chaos.Judging;

namespace ManyHands.Chaos;

/// <summary>Tasks of all kinds on real workers that die at all moments in all ways; then the judgement.</summary>
internal static class ChaosCommand
{
    private const int Broken = 1;
    private const int NotReached = 3;

    public static async Task<int> Run(Arguments arguments)
    {
        var plan = new ChaosPlan(
            Seed: arguments.Number("--seed", Random.Shared.Next(1, 1_000_000)),
            Tasks: arguments.Number("--tasks", 100_000, least: 100),
            Kills: arguments.Number("--kills", 500, least: 1),
            Workers: arguments.Number("--workers", 2, least: 1),
            Portable: arguments.Number("--portable", 0) != 0,
            Reaper: arguments.Number("--reaper", 0) != 0,
            Limit: TimeSpan.FromSeconds(arguments.Number("--seconds", 600, least: 1)));
        Console.WriteLine($"{plan.Tasks:n0} tasks, {plan.Kills:n0} kills, 2 executors of {plan.Workers} workers{(plan.Portable ? ", portable transport" : "")}{(plan.Reaper ? ", a reaper" : "")}, seed {plan.Seed} …");
        string folder = Directory.CreateTempSubdirectory("manyhands-chaos-").FullName;
        string temporary = Directory.CreateDirectory(Path.Combine(folder, "tmp")).FullName;

        // This run's own, so that whatever appears there is ours.
        Environment.SetEnvironmentVariable("TMPDIR", temporary);
        try
        {
            var verdict = new Verdict();
            var clock = Stopwatch.StartNew();
            await Warm(Path.Combine(folder, "warm"), plan.Portable);
            if (plan.Reaper)
                new Thread(Reap) { IsBackground = true, Name = "reaper" }.Start();
            Possessions before = Possessions.Now();
            var run = new ChaosRun(plan, Path.Combine(folder, "board"));
            bool reached = await run.Go(verdict);
            await Possessions.Judge(before, run.BoardFile, verdict);
            Console.WriteLine($"  {run.Tasks:n0} tasks, {run.Kills:n0} of {run.Workers:n0} workers killed, {clock.Elapsed.TotalSeconds:f1} s");
            run.PrintHistogram(verdict, judge: reached);
            verdict.Print();
            return Conclude(plan, reached, verdict);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Conclude(ChaosPlan plan, bool reached, Verdict verdict)
    {
        if (verdict.IsKept && reached)
        {
            Console.WriteLine("As promised.");
            return 0;
        }

        Console.WriteLine(verdict.IsKept ? $"No promise was broken, but the time of {plan.Limit} was up before the end." : "BROKEN.");
        Console.WriteLine(
            "To repeat it: dotnet run -c Release --project tests/ManyHands.Chaos -- "
            + $"chaos --seed {plan.Seed} --tasks {plan.Tasks} --kills {plan.Kills} --workers {plan.Workers} --portable {(plan.Portable ? 1 : 0)} --reaper {(plan.Reaper ? 1 : 0)} --seconds {(int)plan.Limit.TotalSeconds}");
        return verdict.IsKept ? NotReached : Broken;
    }

    // As native libraries do that take care of children of their own.
    private static void Reap()
    {
        var pause = new ManualResetEvent(initialState: false);
        while (true)
        {
            if (waitpid(-1, out _, 0) < 0)
                pause.WaitOne(1);
        }
    }

    [DllImport("libc")]
    private static extern int waitpid(int process, out int status, int options);

    /// <summary>What the runtime and the library open once and keep is open from here on.</summary>
    private static async Task Warm(string board, bool portable)
    {
        var plan = new ChaosPlan(Seed: 1, Tasks: 100, Kills: 2, Workers: 1, portable, Reaper: false, Limit: TimeSpan.FromMinutes(1));
        await new ChaosRun(plan, board).Go(new Verdict());
    }
}

/// <summary>What is to be done.</summary>
internal sealed record ChaosPlan(int Seed, int Tasks, int Kills, int Workers, bool Portable, bool Reaper, TimeSpan Limit);
