namespace ManyHands.Scenarios.Tests.Recycling;

/// <summary>Workers that go because they have grown, or because there was nothing to do.</summary>
public abstract class SizeAndIdleness<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    private const string NotRecycled = "Threads are not recycled.";

    [SkippableFact]
    [Ported("loky/_test_process_executor/test_memory_leak_protection")]
    public async Task Work_that_leaks_gets_a_fresh_worker_before_it_has_leaked_much()
    {
        NeedsProcesses(NotRecycled);
        await using Executor pool = New(new ProcessExecutorOptions { Workers = 1, Retire = new Retirement { AboveBytes = 200_000_000 } });
        (int Pid, long Kept)[] kept = await Task.WhenAll(Enumerable.Range(0, 150).Select(_ => pool.RunAsync(Aging.Keep, 3_000_000))).Time();
        kept[0].Pid.ShouldNotBe(kept[^1].Pid);
        kept.ShouldAllBe(one => one.Kept < 400_000_000);
        pool.Snapshot().WorkersLost.ShouldBe(0);
    }

    [SkippableFact]
    [Ported("loky/_test_process_executor/test_reference_cycle_collection")]
    public async Task Rings_of_objects_are_collected_and_cost_no_worker()
    {
        NeedsProcesses(NotRecycled);
        await using Executor pool = New(new ProcessExecutorOptions { Workers = 1, Retire = new Retirement { AboveBytes = 400_000_000 } });
        (int Pid, int Rings)[] made = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => pool.RunAsync(Aging.MakeRing, 1_000_000))).Time();
        made.Select(one => one.Pid).Distinct().Count().ShouldBe(1);
        made.Max(one => one.Rings).ShouldBeInRange(2, 150);
    }

    [SkippableFact]
    [Ported("loky/_test_process_executor/test_worker_timeout")]
    public async Task Workers_that_are_idle_go_and_come_back_round_after_round()
    {
        NeedsProcesses(NotRecycled);
        await using Executor pool = New(new ProcessExecutorOptions { Workers = 4, Retire = new Retirement { AfterIdle = TimeSpan.FromMilliseconds(10) } });
        for (int round = 0; round < 5; round++)
        {
            (await pool.MapAsync(Enumerable.Range(0, 8), Arithmetic.AddOne).ToList().Time()).ShouldBe(Enumerable.Range(1, 8));
            await Within.Until(() => pool.Snapshot().Workers.Count == 0);
        }

        pool.Snapshot().WorkersRetired.ShouldBeGreaterThanOrEqualTo(5);
    }

    [SkippableTheory]
    [InlineData(10, 20)]
    [InlineData(10, 100)]
    [InlineData(100, 100)]
    [InlineData(1, 100)]
    [Ported("loky/test_worker_timeout/test_worker_timeout_with_slowly_pickling_objects")]
    public async Task Idle_workers_may_go_while_the_next_argument_is_still_being_written(int idleMilliseconds, int writingMilliseconds)
    {
        NeedsProcesses(NotRecycled);
        await using Executor pool = New(Impatient(idleMilliseconds));
        await pool.RunAsync(Arithmetic.Echo, 42).Time();
        (await pool.MapAsync(Enumerable.Repeat(new SlowToEncode(writingMilliseconds), 5), Aging.Read).ToList().Time())
            .ShouldBe(Enumerable.Repeat(writingMilliseconds, 5));
    }

    [SkippableFact]
    [Ported("loky/test_worker_timeout/test_worker_timeout_shutdown_deadlock")]
    public async Task An_executor_closes_while_its_workers_go_for_idleness()
    {
        NeedsProcesses(NotRecycled);
        Executor pool = New(Impatient(1));
        await pool.RunAsync(Arithmetic.Echo, 42).Time();
        Task<int> late = pool.RunAsync(Aging.Read, new SlowToEncode(200));
        await pool.CloseAsync().Time();
        (await late).ShouldBe(200);
    }

    private static ProcessExecutorOptions Impatient(int idleMilliseconds) =>
        new() { Workers = 2, Retire = new Retirement { AfterIdle = TimeSpan.FromMilliseconds(idleMilliseconds) } };
}

public sealed class SizeAndIdlenessOnThreads(SharedExecutor<OnThreads> shared) : SizeAndIdleness<OnThreads>(shared);

public sealed class SizeAndIdlenessOnContexts(SharedExecutor<OnContexts> shared) : SizeAndIdleness<OnContexts>(shared);

public sealed class SizeAndIdlenessOnProcesses(SharedExecutor<OnProcesses> shared) : SizeAndIdleness<OnProcesses>(shared);
