namespace ManyHands.Tests.Pooling;

public sealed class EveryOrderOfProcessesTests : EveryOrder
{
    [Theory]
    [InlineData(CloseMode.Drain)]
    [InlineData(CloseMode.Cancel)]
    [InlineData(CloseMode.Kill)]
    public void Single_tasks_keep_the_rules_in_every_order(CloseMode mode) =>
        Explore(mode, () => new(SimulatedPool.Ordinary), () => [new("a"), new("b", Retried), new("c", takesToken: true)]);
}

public sealed class EveryOrderOfPrefetchedTests : EveryOrder
{
    [Theory]
    [InlineData(CloseMode.Drain)]
    [InlineData(CloseMode.Cancel)]
    public void Tiny_tasks_that_wait_in_lanes_keep_the_rules_in_every_order(CloseMode mode) => Explore(
        mode,
        () => Warm(new(SimulatedPool.Ordinary) { TaskTime = TimeSpan.FromTicks(1) }),
        () => [new("a", Retried), new("b", takesToken: true), new("c")]);

    /// <summary>One task has run, so tasks are known to be tiny.</summary>
    private static SimulatedPool Warm(SimulatedPool pool)
    {
        pool.Checks = false;
        pool.Submit("warm");
        pool.Ready(pool.Processes[0]);
        pool.RunNext(pool.Processes[0].Slots[0]);
        pool.Items.Clear();
        return pool;
    }
}

public sealed class EveryOrderOfBatchesTests : EveryOrder
{
    [Theory]
    [InlineData(CloseMode.Drain)]
    [InlineData(CloseMode.Cancel)]
    public void A_batch_that_is_split_keeps_the_rules_in_every_order(CloseMode mode) =>
        Explore(mode, () => new(SimulatedPool.Ordinary), () => [new("batch", count: 3, takesToken: true)]);

    [Theory]
    [InlineData(CloseMode.Drain)]
    [InlineData(CloseMode.Cancel)]
    public void A_worker_with_two_lanes_keeps_the_rules_in_every_order(CloseMode mode) => Explore(
        mode, () => new(SimulatedPool.Ordinary with { Workers = 1 }, lanes: 2), () => [new("batch", count: 2), new("single", takesToken: true)]);

    [Theory]
    [InlineData(CloseMode.Drain)]
    [InlineData(CloseMode.Cancel)]
    public void Workers_that_cannot_give_anything_back_keep_the_rules_in_every_order(CloseMode mode) => Explore(
        mode,
        () => new(SimulatedPool.Ordinary with { CanPrefetch = false }, takesBack: false),
        () => [new("batch", count: 2), new("single", takesToken: true)]);
}

public sealed class EveryOrderOfSparesTests : EveryOrder
{
    [Theory]
    [InlineData(CloseMode.Drain)]
    [InlineData(CloseMode.Cancel)]
    [InlineData(CloseMode.Kill)]
    public void A_spare_that_steps_in_keeps_the_rules_in_every_order(CloseMode mode) => Explore(
        mode, () => new(SimulatedPool.Ordinary with { Workers = 1, WarmSpares = 1 }), () => [new("a"), new("b", Retried)]);

    [Theory]
    [InlineData(CloseMode.Drain)]
    [InlineData(CloseMode.Cancel)]
    public void Workers_that_retire_keep_the_rules_in_every_order(CloseMode mode) => Explore(
        mode,
        () => new(SimulatedPool.Ordinary with { Workers = 1, Retire = new Retirement { AfterTasks = 1 } }),
        () => [new("a"), new("b", Retried)]);
}

public sealed class EveryOrderOfStoppedTests : EveryOrder
{
    [Theory]
    [InlineData(CloseMode.Drain)]
    [InlineData(CloseMode.Cancel)]
    public void A_worker_that_is_stopped_and_found_out_keeps_the_rules_in_every_order(CloseMode mode) => Explore(
        mode,
        () => new(SimulatedPool.Ordinary with { Workers = 1, HeartbeatLimit = TimeSpan.FromSeconds(2), KillAfter = TimeSpan.FromSeconds(1) }),
        () => [new("a", Retried), new("b")]);

    [Theory]
    [InlineData(CloseMode.Drain)]
    [InlineData(CloseMode.Cancel)]
    public void A_worker_that_grows_too_big_keeps_the_rules_in_every_order(CloseMode mode) => Explore(
        mode,
        () => new(SimulatedPool.Ordinary with { Workers = 1, MemoryLimit = 100 }) { Started = worker => worker.Resident = worker.Number == 1 ? 200 : 0 },
        () => [new("a", Retried), new("b")]);
}

public sealed class EveryOrderOfThreadsTests : EveryOrder
{
    [Theory]
    [InlineData(CloseMode.Drain)]
    [InlineData(CloseMode.Cancel)]
    [InlineData(CloseMode.Kill)]
    public void Threads_keep_the_rules_in_every_order(CloseMode mode) => Explore(
        mode,
        () => new(SimulatedPool.Ordinary with { CanKill = false, CanPrefetch = false }, actsAtOnce: true) { StartsAtOnce = true },
        () => [new("single"), new("batch", count: 2, takesToken: true), new("deaf", takesToken: true) { IgnoresCancellation = true }]);

    [Fact]
    public void Threads_with_an_initializer_keep_the_rules_in_every_order() => Explore(
        CloseMode.Drain,
        () => new(SimulatedPool.Ordinary with { CanKill = false, CanPrefetch = false }, actsAtOnce: true),
        () => [new("a"), new("b", takesToken: true)]);
}
