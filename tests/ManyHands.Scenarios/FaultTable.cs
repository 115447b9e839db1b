namespace ManyHands.Scenarios;

/// <summary>The faults F1 to F51, each with the tests that provoke it.</summary>
internal sealed class FaultTable(Catalogue catalogue, IReadOnlyList<LabelledTest> tests, TestResults results)
{
    public bool HasFailed => tests.Where(test => test.Faults.Count > 0).SelectMany(results.Of).Any(run => run.Outcome >= Outcome.NotRun);

    public void Print(TextWriter output)
    {
        int provoked = 0, all = 0;
        foreach (Catalogue.Group group in catalogue.Groups)
        {
            output.WriteLine(group.Title);
            foreach (Catalogue.Entry entry in group.Entries)
            {
                int number = int.Parse(entry.Name.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
                var methods = tests.Where(test => test.Faults.Contains(number)).GroupBy(test => test.Method).ToList();
                all++;
                provoked += methods.Count > 0 ? 1 : 0;
                output.WriteLine($"  F{entry.Name}{(methods.Count > 0 ? "" : $"  NO TEST{(entry.WhyNone is null ? "" : $": {entry.WhyNone}")}")}");
                foreach (var method in methods)
                    output.WriteLine($"      {Summary(method),-11} {Text.Cut(method.Key.Replace('_', ' '), 100)}");
            }

            output.WriteLine();
        }

        output.WriteLine($"{provoked} of {all} faults are provoked by tests.");
    }

    private string Summary(IEnumerable<LabelledTest> method)
    {
        ILookup<Outcome, TestRun> runs = method.SelectMany(results.Of).ToLookup(run => run.Outcome);
        return runs[Outcome.Failed].Any() ? $"FAILED {runs[Outcome.Failed].Count()}"
            : runs[Outcome.NotRun].Any() ? "NOT RUN"
            : runs[Outcome.Passed].Any() ? $"ok {runs[Outcome.Passed].Count()}" : "skipped";
    }
}
