// Prints which scenarios of other projects this one repeats, and which faults it provokes, each with the outcome of its tests.
//
//   dotnet run --project tests/ManyHands.Scenarios                      runs the labelled tests first
//   dotnet run --project tests/ManyHands.Scenarios -- --results FOLDER  reads result files (trx) that are there
//
// Ends with 1 where a test failed, was not run, or where a scenario of the catalogue has neither a test nor a reason.

using ManyHands.Scenarios;

string? folder = args switch
{
    [] => null,
    ["--results", var given] => given,
    _ => throw new ArgumentException("Usage: [--results FOLDER]"),
};

IReadOnlyList<LabelledTest> tests = TestProjects.LabelledTests();
TestResults results = folder is null ? await TestProjects.RunAsync(tests) : TestResults.Read(folder);
var scenarios = new ScenarioTable(Catalogue.Read("scenarios.txt"), tests, results);
var faults = new FaultTable(Catalogue.Read("faults.txt"), tests, results);
scenarios.Print(Console.Out);
faults.Print(Console.Out);
return scenarios.HasFailed || faults.HasFailed ? 1 : 0;
