using ManyHands.Lab.Experiments;

namespace ManyHands.Lab.Tests.Running;

/// <summary>The same experiments in other runtimes: where one is there, it comes to the same result as ours.</summary>
public sealed class OtherRuntimeTests
{
    [SkippableFact]
    public async Task Work_comes_to_the_same_in_every_runtime_that_is_there()
    {
        LabResult result = await Laboratory.RunAsync(new LabOptions { Experiments = [new SquareRoots(), new Sleeping()], WorkerCounts = [2], Rounds = 1, Budget = null });
        string[] there = [.. result.Runtimes.Where(sentence => !sentence.Contains("not found", StringComparison.Ordinal))];
        Skip.If(there.Length == 0, "no other runtime is installed");
        foreach (ExperimentResult experiment in result.Experiments)
        {
            experiment.LeftOut.ShouldBeEmpty();
            WayResult[] others = [.. experiment.Ways.Where(way => way.Runtime != ".NET")];
            others.Select(way => way.Runtime).Distinct().Count().ShouldBe(there.Length);
            others.ShouldAllBe(way => Math.Abs(way.Value - experiment.Ways[0].Value) <= 1e-6 * experiment.Ways[0].Value && way.Seconds.Least > 0);
        }
    }
}
