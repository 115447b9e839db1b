using System.Reflection;

namespace ManyHands.Scenarios;

/// <summary>The projects with labelled tests, as they were built together with this program.</summary>
internal static class TestProjects
{
    private static readonly string[] _names = ["ManyHands.Scenarios.Tests", "ManyHands.Processes.Tests", "ManyHands.Tests"];

    // …/tests/ManyHands.Scenarios/bin/<configuration>/<framework>/
    private static readonly DirectoryInfo _output = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));

    private static string Tests => _output.Parent!.Parent!.Parent!.Parent!.FullName;

    public static IReadOnlyList<LabelledTest> LabelledTests() => [.. _names.SelectMany(name =>
        LabelledTest.Of(Assembly.LoadFrom(Path.Combine(Tests, name, "bin", _output.Parent!.Name, _output.Name, $"{name}.dll"))))];

    /// <summary>Runs the labelled tests, project by project.</summary>
    public static async Task<TestResults> RunAsync(IReadOnlyList<LabelledTest> tests)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("manyhands-scenarios-");
        try
        {
            foreach (string name in _names)
            {
                string[] selected = [.. tests.Where(test => test.Class.StartsWith(name + ".", StringComparison.Ordinal)).Select(test => test.FullName)];
                if (selected.Length == 0)
                    continue;
                await Console.Error.WriteLineAsync($"Running {selected.Length} labelled tests of {name} …");
                await ExternalCommand.Create("dotnet",
                    "test", Path.Combine(Tests, name), "--no-build", "--configuration", _output.Parent!.Name,
                    "--logger", $"trx;LogFileName={name}.trx", "--results-directory", folder.FullName,
                    "--filter", string.Join('|', selected.Select(test => $"FullyQualifiedName={test}"))).RunAsync();
            }

            return TestResults.Read(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
