using ManyHands.Advisor;

namespace ManyHands.Lab.Tests.Reports;

/// <summary>Results that nobody measured.</summary>
internal static class Invented
{
    private static readonly string[] _kinds = ["threads", "async", "contexts", "processes"];

    public static WayResult Way(string kind, int workers, params double[] seconds) => new(
        kind, ".NET", kind, workers, new Series(seconds), 1.5 * seconds[0], 1234, 56, (100L + (20 * workers)) << 20, 1, 1, []);

    public static WayResult WayOf(string runtime, string kind, int workers, params double[] seconds) =>
        Way(kind, workers, seconds) with { Runtime = runtime, Label = $"{runtime}, {kind}", CpuSeconds = null, PeakBytes = 0 };

    public static ExperimentResult Experiment(params WayResult[] ways) => new(
        "sums", "Sums", "What sums show.", "A book on sums", WorkGroup.Computing, IsAboutMemory: false, ways, []);

    public static LabResult Result(params ExperimentResult[] experiments) => new(
        new Machine(4, 8L << 30, "A system", ".NET 10", IsOptimized: true, 0.1), new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), TimeSpan.FromSeconds(45), 5,
        ["CPython: not found (python3)."], experiments, []);

    /// <summary>All that a report can hold: many kinds with outliers, timelines, other runtimes, bars with long names, a wrong result, memory, notes.</summary>
    public static LabResult Rich()
    {
        var ways = new List<WayResult> { Way("serial", 1, 0.64, 0.65, 0.63, 0.66, 0.64) with { Timeline = Tasks(1, 0.02) } };
        foreach (int workers in (int[])[2, 4, 16])
        {
            ways.AddRange(_kinds.Select((kind, i) =>
                Way(kind, workers, [.. Rounds(0.64 / Math.Min(workers, 4 + i))]) with { Timeline = Tasks(workers, 0.02 + (0.002 * i)) }));
        }

        ways.Add(Way("processes × threads", 16, 0.1, 0.11, 0.1, 0.12, 0.9));
        foreach (string runtime in (string[])["CPython 3.14.1", "CPython, free-threaded 3.14.1", "Node 24.1.0"])
            ways.AddRange([WayOf(runtime, "serial", 1, 2), WayOf(runtime, "threads", 2, 2.1), WayOf(runtime, "threads", 16, 1.9), WayOf(runtime, "sub-interpreters", 16, 0.4)]);
        ExperimentResult data = new(
            "race", "Counting to 2,000,000 together", "Counts are lost.", "every textbook", WorkGroup.Data, IsAboutMemory: false,
            [
                Way("one thread", 1, 0.0016), Way("threads, no guard", 4, 0.0011) with { Value = 1_234_567, Expected = 2_000_000 },
                Way("processes, a static field of a very long name", 4, 0.2, 0.21, 0.25) with { Value = 0, Expected = 2_000_000 }, Way("processes, SharedCounter", 4, 0.18),
            ],
            ["contexts with 64 workers needs 12800 MiB, and 9000 MiB are free"]);
        ExperimentResult held = Experiment(Way("threads", 4, 0.2), Way("processes", 4, 0.3)) with { Name = "held", IsAboutMemory = true };
        return Result(Experiment([.. ways]), data, held, Experiment() with { Name = "none", LeftOut = ["git is not there."] }) with
        {
            Notes = ["The machine was too noisy to say much."],
        };
    }

    private static IEnumerable<double> Rounds(double seconds) => [seconds, 1.04 * seconds, 0.97 * seconds, 1.5 * seconds, 1.01 * seconds];

    private static List<TimelineTask> Tasks(int workers, double seconds) =>
        [.. Enumerable.Range(0, 32).Select(i => new TimelineTask(i % workers, i / workers * seconds, ((i / workers) + 1) * seconds))];
}
