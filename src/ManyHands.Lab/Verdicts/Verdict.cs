namespace ManyHands.Lab;

/// <summary>What the measurements say, in plain language. Every sentence is a comparison of figures of the result, and of nothing else.</summary>
public static class Verdict
{
    private static readonly IVerdictRule[] _rules =
    [
        new BestKindRule(WorkGroup.Computing, "computes"),
        new BestKindRule(WorkGroup.Waiting, "waits"),
        new InterpreterLockRule(),
        new ExperimentRule(),
        new WrongResultRule(),
        new DataRule(),
        new MemoryRule(),
        new NotJudgedRule(),
    ];

    /// <summary>Draws the conclusions.</summary>
    /// <param name="result">What was measured.</param>
    /// <returns>Sentences, the most general first. Where nothing could be measured, one that says so.</returns>
    public static IReadOnlyList<string> Of(LabResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        string[] sentences = [.. _rules.SelectMany(rule => rule.Say(result))];
        return sentences.Length > 0 ? sentences : ["Nothing was measured that would allow a verdict."];
    }
}

/// <summary>One kind of conclusion.</summary>
internal interface IVerdictRule
{
    /// <summary>Sentences; none where this has nothing to say about what was measured.</summary>
    IEnumerable<string> Say(LabResult result);
}
