namespace ManyHands.Scenarios.Tests.Shutdown;

/// <summary>
/// The shutdowns of a task queue's worker: warm ends what runs (Drain), soft gives it a time (Cancel with KillAfter), cold gives it none
/// (Kill), and each may follow a milder one. Which signal asks for which is the application's to say.
/// </summary>
public abstract class WarmColdAndSoft<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    [Fact]
    [Ported("celery/smoke_test_worker/test_warm_shutdown")]
    public async Task A_warm_shutdown_waits_for_the_result()
    {
        (Executor pool, Gate gate, Task<int> task) = await Running();
        Task warm = pool.CloseAsync();
        gate.Open();
        await warm.Time();
        (await task).ShouldBe(7);
    }

    [Fact]
    [Ported("celery/smoke_test_worker/test_multiple_warm_shutdown_does_nothing")]
    public async Task Several_warm_shutdowns_are_one()
    {
        (Executor pool, Gate gate, Task<int> task) = await Running();
        Task[] warm = [pool.CloseAsync(), pool.CloseAsync(), pool.CloseAsync()];
        task.IsCompleted.ShouldBeFalse();
        gate.Open();
        await Task.WhenAll(warm).Time();
        (await task).ShouldBe(7);
    }

    [Fact]
    [Ported("celery/smoke_test_worker/test_cold_shutdown")]
    public async Task A_cold_shutdown_waits_for_nothing()
    {
        (Executor pool, _, Task<int> task) = await Running();
        await pool.CloseAsync(CloseMode.Kill).Time();
        await Should.ThrowAsync<ObjectDisposedException>(() => task.Time());
    }

    [Fact]
    [Ported("celery/smoke_test_worker/test_hard_shutdown_from_warm")]
    public async Task A_warm_shutdown_can_be_made_cold()
    {
        (Executor pool, _, Task<int> task) = await Running();
        Task warm = pool.CloseAsync();
        await pool.CloseAsync(CloseMode.Kill).Time();
        await pool.CloseAsync(CloseMode.Kill).Time();
        await warm.Time();
        await Should.ThrowAsync<ObjectDisposedException>(() => task.Time());
    }

    [Fact]
    [Ported("celery/smoke_test_worker/test_hard_shutdown_from_cold")]
    public async Task Two_cold_shutdowns_are_one()
    {
        (Executor pool, _, Task<int> task) = await Running();
        await Task.WhenAll(pool.CloseAsync(CloseMode.Kill), pool.CloseAsync(CloseMode.Kill)).Time();
        await Should.ThrowAsync<ObjectDisposedException>(() => task.Time());
    }

    [Fact]
    [Ported("celery/smoke_test_worker/test_soft_shutdown")]
    public async Task A_soft_shutdown_gives_the_task_its_time()
    {
        (Executor pool, Gate gate, Task<int> task) = await Running();
        Task soft = pool.CloseAsync(CloseMode.Cancel);
        soft.IsCompleted.ShouldBeFalse();
        gate.Open();
        await soft.Time();
        (await task).ShouldBe(7);
    }

    [Fact]
    [Ported("celery/smoke_test_worker/test_hard_shutdown_from_soft")]
    public async Task A_soft_shutdown_can_be_made_cold()
    {
        (Executor pool, _, Task<int> task) = await Running();
        Task soft = pool.CloseAsync(CloseMode.Cancel);
        await pool.CloseAsync(CloseMode.Kill).Time();
        await soft.Time();
        await Should.ThrowAsync<ObjectDisposedException>(() => task.Time());
    }

    /// <summary>An executor that waits for minutes before it kills, with one task that hears of its end and takes its time all the same.</summary>
    private async Task<(Executor Pool, Gate Gate, Task<int> Task)> Running()
    {
        Executor pool = New(new ExecutorOptions { Workers = 1, KillAfter = TimeSpan.FromMinutes(5) });
        Gate gate = NewGate();
        Task<int> task = pool.RunAsync(Gated.AnswerInOwnTime, (gate, 7));
        await Within.Until(() => gate.HasBegun);
        return (pool, gate, task);
    }
}

public sealed class WarmColdAndSoftOnThreads(SharedExecutor<OnThreads> shared) : WarmColdAndSoft<OnThreads>(shared);

public sealed class WarmColdAndSoftOnContexts(SharedExecutor<OnContexts> shared) : WarmColdAndSoft<OnContexts>(shared);

public sealed class WarmColdAndSoftOnProcesses(SharedExecutor<OnProcesses> shared) : WarmColdAndSoft<OnProcesses>(shared);

public sealed class WarmColdAndSoftOverPortableTransport(SharedExecutor<OverPortableTransport> shared) : WarmColdAndSoft<OverPortableTransport>(shared);
