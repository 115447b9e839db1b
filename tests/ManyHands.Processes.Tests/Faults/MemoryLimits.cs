using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>Workers that want more memory than they may have.</summary>
public sealed class MemoryLimits
{
    private const long Limit = 256L << 20;

    [Theory, Fault(8)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Managed_memory_beyond_the_limit_is_the_tasks_own_error_and_its_worker_retires(bool portable)
    {
        await using var pool = new ProcessExecutor(FaultPool.Options(1) with { MemoryLimit = Limit, Portable = portable });
        int pid = await pool.RunAsync(Arithmetic.ProcessId, 0).Time();
        Task<int> hog = pool.RunAsync(Leaking.Keep, 300 << 20);
        Task<int> next = pool.RunAsync(Arithmetic.ProcessId, 0);
        await Should.ThrowAsync<OutOfMemoryException>(() => hog.Time());
        (await next.Time()).ShouldNotBe(pid);
        (pool.Snapshot().WorkersRetired, pool.Snapshot().WorkersLost).ShouldBe((1, 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Other_memory_beyond_the_limit_costs_the_worker_and_the_error_names_the_limit(bool portable)
    {
        await using var pool = new ProcessExecutor(FaultPool.Options(2) with { MemoryLimit = Limit, Portable = portable });
        WorkerLostException error = await pool.LosesOnly(() => pool.RunAsync(Leaking.KeepNatively, 400 << 20));
        error.Cause.ShouldBe(WorkerLossCause.OutOfMemory);
        error.Message.ShouldContain("MemoryLimit of 256 MiB");
        error.Message.ShouldContain("raise MemoryLimit");
        error.Usage.ShouldNotBeNull().ResidentBytes.ShouldNotBeNull().ShouldBeGreaterThan(Limit);
    }

    [Fact]
    public async Task A_worker_within_its_limit_goes_on_and_one_that_a_task_left_too_big_is_replaced_before_the_next()
    {
        await using var pool = new ProcessExecutor(FaultPool.Options(1) with { MemoryLimit = Limit });
        int pid = await pool.RunAsync(Arithmetic.ProcessId, 0).Time();
        (await pool.RunAsync(Leaking.Keep, 50 << 20).Time()).ShouldBe(pid);
        await Within.Until(() => pool.Snapshot().Workers.ShouldHaveSingleItem().State == WorkerState.Idle);
        pool.Snapshot().WorkersLost.ShouldBe(0);
        (await pool.RunAsync(Arithmetic.ProcessId, 0).Time()).ShouldBe(pid);
    }

    [Fact]
    public void A_limit_that_no_worker_could_keep_is_refused() => Should.Throw<ArgumentOutOfRangeException>(
        () => new ProcessExecutor(new ProcessExecutorOptions { MemoryLimit = 1 << 20 })).ParamName.ShouldBe("MemoryLimit");

    [Fact]
    public async Task The_least_limit_is_enough_for_work_that_needs_little()
    {
        await using var pool = new ProcessExecutor(FaultPool.Options(1) with { MemoryLimit = ProcessExecutorOptions.LeastMemory });
        int[] numbers = [.. Enumerable.Range(0, 3000)];
        (await pool.MapAsync(numbers, Arithmetic.AddOne).ToList().Time()).ShouldBe(numbers.Select(number => number + 1));
        (await pool.RunAsync(Waiting.For, 300).Time()).ShouldBe(300);
        (pool.Snapshot().WorkersLost, pool.Snapshot().WorkersRetired).ShouldBe((0, 0));
    }
}
