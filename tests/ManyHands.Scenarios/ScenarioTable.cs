using System.Globalization;

namespace ManyHands.Scenarios;

/// <summary>The scenarios of the catalogue, a line for each with the outcome on each kind of executor.</summary>
internal sealed class ScenarioTable
{
    private const int NameWidth = 82;

    private readonly Catalogue _catalogue;
    private readonly ILookup<string, Scenario> _scenarios;
    private readonly int _tests;
    private readonly SkipReasons _reasons = new();

    public ScenarioTable(Catalogue catalogue, IReadOnlyList<LabelledTest> tests, TestResults results)
    {
        _catalogue = catalogue;
        var scenarios = new Dictionary<(string Origin, string Arguments), Scenario>();
        var distinct = new HashSet<(string Method, string Arguments)>();
        foreach (LabelledTest test in tests)
        {
            foreach (Conformance.PortedAttribute origin in test.Origins)
            {
                foreach (TestRun run in results.Of(test))
                {
                    if (!scenarios.TryGetValue((origin.Origin, run.Arguments), out Scenario? scenario))
                        scenarios.Add((origin.Origin, run.Arguments), scenario = new Scenario(origin.Origin, run.Arguments, origin.Stronger));
                    scenario.Add(test.Column, run);
                    distinct.Add((test.Method, run.Arguments));
                }
            }
        }

        _scenarios = scenarios.Values
            .OrderBy(scenario => scenario.Arguments, StringComparer.Create(CultureInfo.InvariantCulture, CompareOptions.NumericOrdering)).ToLookup(scenario => scenario.Origin);
        _tests = distinct.Count;
    }

    /// <summary>Something failed or was not run, or has neither test nor reason.</summary>
    public bool HasFailed => Unknown.Any() || Missing.Any() || All.Any(scenario => scenario.Worst >= Outcome.NotRun);

    private IEnumerable<Scenario> All => _scenarios.SelectMany(scenarios => scenarios);

    private IEnumerable<Catalogue.Entry> Entries => _catalogue.Groups.SelectMany(group => group.Entries);

    private IEnumerable<Catalogue.Entry> Missing => Entries.Where(entry => entry.WhyNone is null && !_scenarios.Contains(entry.Name));

    private IEnumerable<string> Unknown => _scenarios.Select(scenarios => scenarios.Key).Except(Entries.Select(entry => entry.Name));

    public void Print(TextWriter output)
    {
        foreach (Catalogue.Group group in _catalogue.Groups)
            Print(group, output);
        foreach (string origin in Unknown)
            output.WriteLine($"Not in the catalogue: {origin}");
        _reasons.Print(output);
        foreach (Scenario scenario in All.Where(scenario => scenario.Worst >= Outcome.NotRun))
            output.WriteLine($"FAILED {Text.Cut(scenario.Name, 110)}\n       {Text.Cut(scenario.Message, 110)}");
        PrintTotals(output);
    }

    private void Print(Catalogue.Group group, TextWriter output)
    {
        output.WriteLine($"{group.Title,-NameWidth}  {string.Join(' ', LabelledTest.Columns.Select(column => $"{column,-9}"))} asks");
        foreach (Catalogue.Entry entry in group.Entries.Where(entry => entry.WhyNone is null))
        {
            Scenario[] scenarios = [.. _scenarios[entry.Name]];
            if (scenarios is [{ Arguments: "" } only])
            {
                PrintLine(entry.Name, only, output);
                continue;
            }

            output.WriteLine(scenarios.Length == 0 ? $"  {entry.Name,-NameWidth}MISSING" : $"  {entry.Name}");
            foreach (Scenario scenario in scenarios)
                PrintLine($"    {scenario.Arguments}", scenario, output);
        }

        foreach (Catalogue.Entry entry in group.Entries.Where(entry => entry.WhyNone is not null))
            output.WriteLine($"  no counterpart: {entry.Name}\n      {entry.WhyNone}");
        output.WriteLine();
    }

    private void PrintLine(string name, Scenario scenario, TextWriter output)
    {
        string cells = string.Join(' ', LabelledTest.Columns.Select(column => $"{Cell(scenario.On(column)),-9}"));
        output.WriteLine($"  {Text.Cut(name, NameWidth - 1),-NameWidth}{cells} {(scenario.Stronger ? "more" : "same")}");
    }

    private string Cell(TestRun? run) => run switch
    {
        null => "",
        { Outcome: Outcome.Passed } => "ok",
        { Outcome: Outcome.Skipped } => $"skip {_reasons.Number(run.Message)}",
        { Outcome: Outcome.NotRun } => "NOT RUN",
        _ => "FAILED",
    };

    private void PrintTotals(TextWriter output)
    {
        int passed = All.Count(scenario => scenario.Worst == Outcome.Passed), skipped = All.Count(scenario => scenario.Worst == Outcome.Skipped);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{All.Count()} scenarios in {_tests} tests (several origins may share one): {passed} passed, {All.Count() - passed - skipped} failed, {skipped} skipped."));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{All.Count(scenario => scenario.Stronger)} ask more than the original; {Entries.Count(entry => entry.WhyNone is not null)} entries have no counterpart, {Missing.Count()} are missing."));
        foreach (string column in LabelledTest.Columns)
        {
            ILookup<Outcome, TestRun> runs = All.Select(scenario => scenario.On(column)).OfType<TestRun>().ToLookup(run => run.Outcome);
            int failed = runs.Where(outcome => outcome.Key >= Outcome.NotRun).Sum(outcome => outcome.Count());
            output.WriteLine($"  {column,-9} {runs[Outcome.Passed].Count(),4} passed {runs[Outcome.Skipped].Count(),4} skipped {failed,4} failed");
        }

        output.WriteLine();
    }
}
