using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ManyHands.Scenarios;

/// <summary>How a test ended; the later is the more important where several are one row.</summary>
internal enum Outcome
{
    Skipped,
    Passed,
    NotRun,
    Failed,
}

/// <summary>One run of a test: one row where it has parameters.</summary>
/// <param name="Arguments">Its arguments, or nothing.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Message">Why it was skipped, or how it failed.</param>
internal sealed record TestRun(string Arguments, Outcome Outcome, string Message);

/// <summary>What is in the result files of a folder, by class and method.</summary>
internal sealed partial class TestResults
{
    private static readonly XNamespace _schema = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    private readonly Dictionary<string, List<TestRun>> _runs = [];

    public static TestResults Read(string folder)
    {
        var results = new TestResults();
        foreach (string file in Directory.GetFiles(folder, "*.trx", SearchOption.AllDirectories))
            results.Add(XDocument.Load(file));
        return results;
    }

    public IReadOnlyList<TestRun> Of(LabelledTest test) =>
        _runs.GetValueOrDefault(test.FullName) ?? [new TestRun("", Outcome.NotRun, $"{test.FullName} is in no result file.")];

    private void Add(XDocument file)
    {
        var methods = file.Descendants(_schema + "UnitTest").ToDictionary(
            test => (string)test.Attribute("id")!,
            test => test.Element(_schema + "TestMethod")! is var method ? $"{(string)method.Attribute("className")!}.{(string)method.Attribute("name")!}" : "");
        foreach (XElement result in file.Descendants(_schema + "UnitTestResult"))
        {
            // The method's name may have the arguments behind it, as the test's has.
            string method = methods[(string)result.Attribute("testId")!].Split('(')[0], name = (string)result.Attribute("testName")!;
            string arguments = name.IndexOf('(', StringComparison.Ordinal) is >= 0 and var at ? ParameterName().Replace(name[(at + 1)..^1], "") : "";
            Outcome outcome = (string)result.Attribute("outcome")! switch
            {
                "Passed" => Outcome.Passed,
                "NotExecuted" => Outcome.Skipped,
                _ => Outcome.Failed,
            };
            string message = (string?)result.Descendants(_schema + "Message").FirstOrDefault() ?? "";
            if (!_runs.TryGetValue(method, out List<TestRun>? runs))
                _runs.Add(method, runs = []);
            runs.Add(new TestRun(arguments, outcome, message.ReplaceLineEndings(" ").Trim()));
        }
    }

    [GeneratedRegex(@"\b\w+: ")]
    private static partial Regex ParameterName();
}
