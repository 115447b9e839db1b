namespace ManyHands.Advisor.Tests;

/// <summary>Measurements that nobody made.</summary>
internal static class Invented
{
    public static readonly MachineFacts EightCores = new(Cores: 8, FreeBytes: 16L << 30, FreeDescriptors: 1000);

    public static readonly MachineFacts TwoCores = EightCores with { Cores = 2 };

    /// <summary>A method whose runs take so long, of which so much on a core.</summary>
    public static Measurement Method(double wall, double cpu, int? tasks = 10_000) => new()
    {
        Work = "App.Work",
        IsCommand = false,
        Wall = new Series(wall, wall, wall),
        Cpu = new Series(cpu, cpu, cpu),
        Tasks = tasks,
    };

    public static Measurement Command(double wall, double cpu, int? tasks = 10_000) => Method(wall, cpu, tasks) with { IsCommand = true };

    public static Advice Advise(Measurement measurement, MachineFacts? machine = null) => Advice.From(measurement, machine ?? EightCores);

    /// <summary>The finding of a rule, or null.</summary>
    public static Finding? Of(this Advice advice, string rule) => advice.Findings.SingleOrDefault(finding => finding.Rule == rule);
}
