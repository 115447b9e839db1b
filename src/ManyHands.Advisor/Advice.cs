namespace ManyHands.Advisor;

/// <summary>What work mostly is.</summary>
public enum WorkCharacter
{
    /// <summary>So short, or so little of it, that handing it over costs more than it saves.</summary>
    TooSmall,

    /// <summary>It waits: for disk, network, other programs.</summary>
    IoBound,

    /// <summary>It computes.</summary>
    CpuBound,

    /// <summary>It does both.</summary>
    Mixed,

    /// <summary>It computes or waits, but memory allows fewer workers than that would.</summary>
    MemoryBound,
}

/// <summary>What somebody who wants to run work in parallel should do.</summary>
/// <param name="Measurement">What it was drawn from.</param>
/// <param name="Machine">What there was to work with.</param>
/// <param name="Character">What the work mostly is.</param>
/// <param name="Kind">Kind of worker.</param>
/// <param name="Workers">Number of workers; 1 is one task after another.</param>
/// <param name="SpeedUp">How many times as fast as one task after another it should be.</param>
/// <param name="Why">The reason, in sentences.</param>
/// <param name="Findings">What else there is to know.</param>
public sealed record Advice(
    Measurement Measurement,
    MachineFacts Machine,
    WorkCharacter Character,
    WorkerKind Kind,
    int Workers,
    double SpeedUp,
    IReadOnlyList<string> Why,
    IReadOnlyList<Finding> Findings)
{
    private static readonly IReadOnlyList<IAdviceRule> _rules =
    [
        new Rules.CrashRule(),
        new Rules.TooSmallForProcessesRule(),
        new Rules.PayloadRule(),
        new Rules.MemoryRule(),
        new Rules.StarvationRule(),
        new Rules.StaticStateRule(),
        new Rules.NestedParallelismRule(),
        new Rules.CollectorRule(),
        new Rules.TimeoutRule(),
        new Rules.OnlyOnceRule(),
        new Rules.UntriedRule(),
        new Rules.RampFailureRule(),
        new Rules.BusyMachineRule(),
    ];

    /// <summary>Draws it from a measurement.</summary>
    /// <param name="measurement">What one task needs.</param>
    /// <param name="machine">What there is to work with.</param>
    /// <returns>The advice.</returns>
    public static Advice From(Measurement measurement, MachineFacts machine)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        ArgumentNullException.ThrowIfNull(machine);
        return CostModel.Advise(measurement, machine).WithFindings();
    }

    /// <summary>The same, with what the rules find in it.</summary>
    internal Advice WithFindings() => this with { Findings = [.. _rules.Select(rule => rule.Look(this)).OfType<Finding>()] };
}

/// <summary>Kinds of worker that can be advised.</summary>
public enum WorkerKind
{
    /// <summary>None: one task after another.</summary>
    Serial,

    /// <summary><see cref="ThreadExecutor"/>; for asynchronous work, too.</summary>
    Threads,

    /// <summary><see cref="ContextExecutor"/>.</summary>
    Contexts,

    /// <summary><see cref="ProcessExecutor"/>.</summary>
    Processes,
}

/// <summary>One thing to know.</summary>
/// <param name="Rule">Name of the rule that found it.</param>
/// <param name="Message">What it is, with its figures, and what to do.</param>
public sealed record Finding(string Rule, string Message);

/// <summary>Looks for one thing.</summary>
public interface IAdviceRule
{
    /// <summary>Looks at an advice and what it was drawn from.</summary>
    /// <param name="advice">The advice, its findings not yet in it.</param>
    /// <returns>What was found, or null.</returns>
    Finding? Look(Advice advice);
}
