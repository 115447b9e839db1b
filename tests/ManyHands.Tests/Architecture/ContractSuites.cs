using System.Text.RegularExpressions;
using ManyHands.Processes;

namespace ManyHands.Tests.Architecture;

/// <summary>No executor without its contract suite: a source of tests that proves it has to be found for each, once per transport.</summary>
public sealed partial class ContractSuites
{
    [Fact]
    public void Every_executor_is_proved_by_the_contract_suite_over_each_of_its_transports()
    {
        Type[] executors = [.. typeof(Executor).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Executor)) && !type.IsAbstract)];
        executors.Length.ShouldBeGreaterThanOrEqualTo(2);
        int transports = typeof(WorkerProcess).Assembly.GetTypes().Count(type => type.IsSubclassOf(typeof(WorkerProcess)));
        string[] sources = [.. Directory.GetFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)];
        foreach (Type executor in executors)
        {
            int suites = Suites(executor.Name, sources);
            suites.ShouldBeGreaterThanOrEqualTo(executor == typeof(ProcessExecutor) ? transports : 1, $"suites that prove {executor.Name}");
        }
    }

    [Fact]
    public void An_executor_that_nobody_proves_is_found()
    {
        Suites("ThreadExecutor", ["public sealed class Nothing;"]).ShouldBe(0);
        Suites("ThreadExecutor", ["[Proves(typeof(ThreadExecutor))]\npublic sealed class Empty;"]).ShouldBe(0);
    }

    private static int Suites(string executor, IEnumerable<string> sources) => sources.Sum(
        source => Proof().Matches(source).Count(match => match.Groups[1].Value == executor));

    [GeneratedRegex(@"\[Proves\(typeof\((\w+)\)\)\]\s+public sealed class \w+ : ExecutorContract<")]
    private static partial Regex Proof();
}
