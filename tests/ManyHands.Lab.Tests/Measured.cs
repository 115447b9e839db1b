using ManyHands.Advisor;

namespace ManyHands.Lab.Tests;

/// <summary>Results that nobody measured.</summary>
internal static class Measured
{
    public static WayResult Way(string kind, int workers, double seconds, string runtime = ".NET") => new(
        kind, runtime, runtime == ".NET" ? kind : $"{runtime}, {kind}", workers, new Series(seconds, seconds, seconds), seconds, 10, 1, 100 << 20, 1, 1, []);

    public static ExperimentResult Experiment(string title, WorkGroup group, params WayResult[] ways) =>
        new(title, title, "what it shows", "where it is classic", group, IsAboutMemory: false, ways, []);

    public static LabResult Result(params ExperimentResult[] experiments) => new(
        new Machine(Cores: 2, MemoryBytes: 8L << 30, "a system", "a runtime", IsOptimized: true, BusyBefore: 0), DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(30), Rounds: 5,
        [], experiments, []);

    public static string Verdict(params ExperimentResult[] experiments) => string.Join('\n', Lab.Verdict.Of(Result(experiments)));
}
