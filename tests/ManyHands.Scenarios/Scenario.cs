namespace ManyHands.Scenarios;

/// <summary>One scenario, or one row of it where it has parameters, with its runs on each kind of executor.</summary>
internal sealed class Scenario(string origin, string arguments, bool stronger)
{
    private readonly List<(string Column, TestRun Run)> _runs = [];

    public string Origin => origin;

    public string Arguments => arguments;

    /// <summary>More is asked than in the original.</summary>
    public bool Stronger => stronger;

    public string Name => arguments.Length == 0 ? origin : $"{origin} ({arguments})";

    /// <summary>A failure where there is one, else whether it passed anywhere.</summary>
    public Outcome Worst => _runs.Max(entry => entry.Run.Outcome);

    /// <summary>What the worst of them says.</summary>
    public string Message => _runs.MaxBy(entry => entry.Run.Outcome).Run.Message;

    public void Add(string column, TestRun run) => _runs.Add((column, run));

    /// <summary>The worst run on one kind of executor; null where there is none.</summary>
    public TestRun? On(string column) => _runs.Where(entry => entry.Column == column).Select(entry => entry.Run).MaxBy(run => run.Outcome);
}
