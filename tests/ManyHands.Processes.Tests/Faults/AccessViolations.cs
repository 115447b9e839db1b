using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>A task that ended by an access violation has failed like any other, and its worker's memory cannot be trusted any more.</summary>
public sealed class AccessViolations
{
    [Fact, Fault(3)]
    public async Task A_task_that_ended_by_an_access_violation_costs_its_worker()
    {
        await using ProcessExecutor pool = FaultPool.Of(1);
        int before = await pool.RunAsync(FailingWithState.Violate, 1).Time();
        await Should.ThrowAsync<AccessViolationException>(() => pool.RunAsync(FailingWithState.Violate, 5).Time());
        (await pool.RunAsync(FailingWithState.Violate, 1).Time()).ShouldNotBe(before);
    }

    [Fact, Fault(3)]
    public async Task Nothing_that_had_not_begun_runs_in_that_worker_and_nothing_is_lost()
    {
        await using ProcessExecutor pool = FaultPool.Of(1);
        int before = await pool.RunAsync(FailingWithState.Violate, 1).Time();
        Task<int>[] tasks = [.. Enumerable.Range(0, 50).Select(number => pool.RunAsync(FailingWithState.Violate, number))];
        for (int i = 0; i < tasks.Length; i++)
        {
            if (i == 5)
                await Should.ThrowAsync<AccessViolationException>(() => tasks[5].Time());
            else
                (await tasks[i].Time() == before).ShouldBe(i < 5);
        }

        var results = new List<int>();
        var error = await Should.ThrowAsync<MapFailedException>(async () =>
        {
            await foreach (int pid in pool.MapAsync(Enumerable.Range(0, 50), FailingWithState.Violate, new MapOptions { OnFailure = OnFailure.Continue }))
                results.Add(pid);
        });
        error.Failures.Single().Error.ShouldBeOfType<AccessViolationException>();
        results.Count.ShouldBe(49);
        results.Take(5).ShouldAllBe(pid => pid == results[0]);
        results.Skip(5).ShouldAllBe(pid => pid != results[0]);
    }
}
