using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests;

/// <content>Spares, and workers that retire while there is work.</content>
public abstract partial class WorkerFaults<TFixture>
{
    [Fact]
    public async Task A_warm_spare_steps_in_for_a_killed_worker_and_is_replaced()
    {
        await using ProcessExecutor pool = _fixture.Create(new ProcessExecutorOptions { Workers = 1, WarmSpares = 1 });
        int pid = await pool.RunAsync(Arithmetic.ProcessId, 0).Time();
        for (int i = 0; i < 3; i++)
        {
            int spare = await SpareOf(pool, 1);
            (await pool.RunAsync(Arithmetic.ProcessId, 0).Time()).ShouldBe(pid, "a spare gets no task while nobody is missing");
            Task<int> killed = pool.RunAsync(Arithmetic.ProcessId, 0).ContinueWith(_ => pool.RunAsync(KillAtTen, 10), TaskScheduler.Default).Unwrap();
            await Should.ThrowAsync<WorkerLostException>(() => killed.Time());
            (await pool.RunAsync(Arithmetic.ProcessId, 0).Time()).ShouldBe(spare);
            pid = spare;
        }

        pool.Snapshot().WorkersLost.ShouldBe(3);
    }

    [Fact]
    public async Task A_spare_that_is_killed_is_replaced_and_closing_leaves_none()
    {
        ProcessExecutor pool = _fixture.Create(new ProcessExecutorOptions { Workers = 1, WarmSpares = 2 });
        await pool.RunAsync(Arithmetic.AddOne, 0).Time();
        int spare = await SpareOf(pool, 2);
        Signals.Kill(spare);
        await Within.Until(() => !Pids(pool).Contains(spare));
        await SpareOf(pool, 2);
        int[] pids = Pids(pool);
        pids.Length.ShouldBe(3);
        await pool.DisposeAsync().AsTask().Time();
        pids.ShouldAllBe(pid => !Signals.IsAlive(pid));
    }

    [Theory]
    [Fault(38)]
    [Ported("cpython/test_process_pool/test_max_tasks_per_child_pending_tasks_gh115634")]
    [InlineData(1, 2, 6)]
    [InlineData(2, 2, 8)]
    public async Task Tasks_that_wait_while_workers_retire_are_all_run(int workers, int afterTasks, int tasks)
    {
        await using ProcessExecutor pool = _fixture.Create(Retiring(workers, afterTasks));
        Task<long>[] squares = [.. Enumerable.Range(0, tasks).Select(number => pool.RunAsync(Arithmetic.Square, number))];
        (await Task.WhenAll(squares).Time()).ShouldBe(Enumerable.Range(0, tasks).Select(number => (long)number * number));
        pool.Snapshot().WorkersLost.ShouldBe(0);
    }

    [Theory]
    [Fault(38)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Retiring_under_load_does_not_stall(int afterTasks)
    {
        int tasks = 60 * afterTasks;
        await using ProcessExecutor pool = _fixture.Create(Retiring(2, afterTasks));
        Task<int>[] pids = [.. Enumerable.Range(0, tasks).Select(_ => pool.RunAsync(Arithmetic.ProcessId, 0))];
        int most = 0;
        foreach (Task<int> pid in pids)
        {
            await pid.Time(); // each within the limit of the one before
            most = Math.Max(most, pool.Snapshot().Workers.Count(worker => worker.State is WorkerState.Idle or WorkerState.Busy));
        }

        pids.GroupBy(pid => pid.Result).ShouldAllBe(worker => worker.Count() <= afterTasks);
        most.ShouldBeLessThanOrEqualTo(2, "those that serve");
        pool.Snapshot().WorkersLost.ShouldBe(0);
    }

    private static ProcessExecutorOptions Retiring(int workers, int afterTasks) =>
        new() { Workers = workers, Retire = new Retirement { AfterTasks = afterTasks } };

    /// <summary>The process id of a spare, once there are as many as asked for.</summary>
    private static async Task<int> SpareOf(Executor pool, int spares)
    {
        await Within.Until(() => pool.Snapshot().Workers.Count(worker => worker.State == WorkerState.Spare) == spares);
        return pool.Snapshot().Workers.First(worker => worker.State == WorkerState.Spare).Pid!.Value;
    }

    private static int[] Pids(Executor pool) => [.. pool.Snapshot().Workers.Select(worker => worker.Pid).OfType<int>()];
}
