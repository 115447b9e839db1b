using System.Diagnostics;
using ManyHands.Chaos.Judging;

namespace ManyHands.Chaos.Fuzzing;

/// <summary>Spoilt frames for both ends of the wire, and spoilt bodies for all that reads them.</summary>
internal static class FuzzCommand
{
    private static readonly TimeSpan _hangLimit = TimeSpan.FromSeconds(20);

    public static int Run(Arguments arguments)
    {
        int seed = arguments.Number("--seed", Random.Shared.Next(1, 1_000_000));
        int frames = arguments.Number("--frames", 1_000_000, least: 1);
        Console.WriteLine($"{frames:n0} frames, seed {seed} …");
        var judge = new FuzzJudge();
        var clock = Stopwatch.StartNew();
        long beat = 0;
        var feeding = new Thread(() => Feed(judge, new Random(seed), frames, ref beat)) { IsBackground = true, Name = "fuzz" };
        feeding.Start();
        bool hangs = !Ends(feeding, ref beat);

        var verdict = new Verdict();
        verdict.Say($"  {judge.Frames:n0} frames in {clock.Elapsed.TotalSeconds:f1} s; {judge.Refused:n0} times the input was refused by name");
        verdict.Judge("nothing hangs", hangs ? "something did" : "nothing did", !hangs);
        verdict.None("exceptions that escaped and are no refusal", judge.Escaped);
        verdict.None("inputs that took more memory than their bytes allow", judge.Greedy);
        verdict.None("effects on tasks that were not addressed, or half effects", judge.Crossed);
        verdict.Print();
        judge.Examples.ForEach(Console.WriteLine);
        if (verdict.IsKept)
        {
            Console.WriteLine("As promised.");
            return 0;
        }

        Console.WriteLine($"BROKEN.\nTo repeat it: dotnet run -c Release --project tests/ManyHands.Chaos -- fuzz --seed {seed} --frames {frames}");
        return 1;
    }

    private static void Feed(FuzzJudge judge, Random random, int frames, ref long beat)
    {
        using var parent = new ParentEnd(judge, random);
        using var worker = new WorkerEnd(judge, random);
        var ring = new RingEnd(judge, random);
        var body = new BodyEnd(judge, random);
        parent.CutEverywhere();
        worker.CutEverywhere();
        body.CutEverywhere();
        while (judge.Frames < frames)
        {
            Volatile.Write(ref beat, judge.Frames);
            parent.Live();
            worker.Live();
            ring.Live();
            for (int i = 0; i < BodyEnd.Kinds; i++)
                body.Live();
        }
    }

    /// <summary>False where it does not go on any more.</summary>
    private static bool Ends(Thread feeding, ref long beat)
    {
        while (true)
        {
            long seen = Volatile.Read(ref beat);
            if (feeding.Join(_hangLimit))
                return true;
            if (Volatile.Read(ref beat) == seen)
                return false;
        }
    }
}
