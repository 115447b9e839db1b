namespace ManyHands.Scenarios.Tests.Recycling;

/// <summary>Workers that go after a number of tasks, while more are waiting, while the executor closes, and when nobody can replace them.</summary>
public abstract class TaskLimits<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    private const string NotRecycled = "Threads are not recycled.";

    [SkippableFact]
    [Ported("cpython/test_process_pool/test_max_tasks_per_child")]
    [Fault(38)]
    public async Task A_worker_stays_for_its_tasks_and_another_takes_the_next()
    {
        NeedsProcesses(NotRecycled);
        await using Executor pool = Retiring(workers: 1, afterTasks: 3);
        int[] pids = new int[4];
        for (int i = 0; i < pids.Length; i++)
            pids[i] = await pool.RunAsync(Arithmetic.ProcessId, 0).Time();
        pids[1].ShouldBe(pids[0]);
        pids[2].ShouldBe(pids[0]);
        pids[3].ShouldNotBe(pids[0]);
        await Within.Until(() => !Processes.IsAlive(pids[0]));
        pool.Snapshot().Workers.ShouldContain(worker => worker.Pid == pids[3]); // its successor may be starting already
    }

    [SkippableTheory]
    [InlineData(1, 2, 6)]
    [InlineData(2, 2, 8)]
    [Ported("cpython/test_process_pool/test_max_tasks_per_child_pending_tasks_gh115634")]
    [Fault(38)]
    public async Task What_waits_while_workers_reach_their_limit_is_run_by_the_next(int workers, int afterTasks, int tasks)
    {
        NeedsProcesses(NotRecycled);
        await using Executor pool = Retiring(workers, afterTasks);
        (await Task.WhenAll(Enumerable.Range(0, tasks).Select(number => pool.RunAsync(Arithmetic.Square, number))).Time())
            .ShouldBe(Enumerable.Range(0, tasks).Select(Arithmetic.Square));
        pool.Snapshot().WorkersLost.ShouldBe(0);
    }

    [SkippableFact]
    [Ported("pebble/test_process_pool/test_process_pool_future_limit")]
    public async Task Four_tasks_at_two_for_each_worker_take_two_workers()
    {
        NeedsProcesses(NotRecycled);
        await using Executor pool = Retiring(workers: 1, afterTasks: 2);
        int[] pids = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => pool.RunAsync(Arithmetic.ProcessId, 0))).Time();
        pids.Distinct().Count().ShouldBe(2);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    [Ported("cpython/test_process_pool/test_shutdown_no_wait_max_tasks_gh119592", Stronger = true)]
    public async Task Workers_are_replaced_while_the_executor_drains(bool drop)
    {
        NeedsProcesses(NotRecycled);
        Gate gate = NewGate();
        (Task<int>[] tasks, Task closing) = SubmitAndClose(gate);
        await Within.Until(() => gate.HasBegun);
        if (drop)
            GC.Collect();
        gate.Open();
        (await Task.WhenAll(tasks).Time()).ShouldBe([0, 1, 2]);
        await closing.Time();

        (Task<int>[], Task) SubmitAndClose(Gate first)
        {
            Executor pool = Retiring(workers: 1, afterTasks: 1);
            Task<int>[] submitted = [pool.RunAsync(Gated.Answer, (first, 0)), pool.RunAsync(Arithmetic.Echo, 1), pool.RunAsync(Arithmetic.Echo, 2)];
            return (submitted, pool.CloseAsync());
        }
    }

    [SkippableFact]
    [Ported("cpython/test_process_pool/test_gc_during_max_tasks_worker_exit_gh152967", Stronger = true)]
    [Fault(36)]
    public async Task Tasks_of_an_executor_that_nobody_holds_any_more_give_their_results()
    {
        NeedsProcesses(NotRecycled);
        Gate gate = NewGate();
        Task<int>[] tasks = SubmitAndForget(gate);
        await Within.Until(() => gate.HasBegun);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        gate.Open();
        (await Task.WhenAll(tasks).Time()).ShouldBe([0, 1, 2]); // there they fail

        Task<int>[] SubmitAndForget(Gate first)
        {
            Executor pool = NewToForget(new ProcessExecutorOptions { Workers = 1, Retire = new Retirement { AfterTasks = 1 } });
            return [pool.RunAsync(Gated.Answer, (first, 0)), pool.RunAsync(Arithmetic.Echo, 1), pool.RunAsync(Arithmetic.Echo, 2)];
        }
    }

    [SkippableFact]
    [Ported("cpython/test_process_pool/test_force_shutdown_during_max_tasks_worker_exit")]
    public async Task A_worker_that_reaches_its_limit_while_the_executor_is_killed_is_not_replaced()
    {
        NeedsProcesses(NotRecycled);
        for (int i = 0; i < 5; i++)
        {
            string noted = NewFile();
            Executor pool = New(new ProcessExecutorOptions
            {
                Workers = 1,
                Retire = new Retirement { AfterTasks = 1 },
                Initializer = WorkerInitializer.Of(Beginning.Succeed, noted),
            });
            Gate gate = NewGate();
            Task<int>[] tasks = [pool.RunAsync(Gated.Answer, (gate, 0)), pool.RunAsync(Arithmetic.Echo, 1), pool.RunAsync(Arithmetic.Echo, 2)];
            await Within.Until(() => gate.HasBegun);
            gate.Open();
            await pool.CloseAsync(CloseMode.Kill).Time();
            tasks.ShouldAllBe(task => task.IsCompleted);
            foreach (Task<int> task in tasks.Where(task => task.IsFaulted))
                task.Exception!.InnerException.ShouldBeOfType<ObjectDisposedException>();
            Beginning.Noted(noted).ShouldAllBe(pid => !Processes.IsAlive(pid));
        }
    }

    [SkippableFact]
    [Ported("cpython/test_process_pool/test_failed_worker_replacement_breaks_pool")]
    public async Task Where_no_worker_can_be_replaced_what_waits_fails_with_the_reason()
    {
        NeedsProcesses(NotRecycled);
        await using Executor pool = New(new ProcessExecutorOptions
        {
            Workers = 1,
            Retire = new Retirement { AfterTasks = 1 },
            RestartLimit = new RestartLimit { Failures = 2 },
            Initializer = WorkerInitializer.Of(Beginning.FailFromTheSecondOn, NewFile()),
        });
        Gate gate = NewGate();
        Task<int>[] tasks = [pool.RunAsync(Gated.Answer, (gate, 0)), pool.RunAsync(Arithmetic.Echo, 1), pool.RunAsync(Arithmetic.Echo, 2)];
        gate.Open();
        (await tasks[0].Time()).ShouldBe(0);
        foreach (Task<int> task in tasks.Skip(1))
            (await Should.ThrowAsync<ExecutorBrokenException>(() => task.Time())).Message.ShouldContain("only once");
        Should.Throw<ExecutorBrokenException>(() => { _ = pool.RunAsync(Arithmetic.Echo, 3); });
    }

    [SkippableFact]
    [Ported("cpython/test_process_pool/test_max_tasks_early_shutdown")]
    public async Task An_executor_whose_workers_take_one_task_each_closes_with_all_results()
    {
        NeedsProcesses(NotRecycled);
        Executor pool = Retiring(workers: 3, afterTasks: 1);
        Task<long>[] tasks = [.. Enumerable.Range(0, 6).Select(number => pool.RunAsync(Arithmetic.Square, number))];
        await pool.CloseAsync().Time();
        (await Task.WhenAll(tasks)).ShouldBe([0, 1, 4, 9, 16, 25]);
    }

    private Executor Retiring(int workers, int afterTasks) =>
        New(new ProcessExecutorOptions { Workers = workers, Retire = new Retirement { AfterTasks = afterTasks } });
}

public sealed class TaskLimitsOnThreads(SharedExecutor<OnThreads> shared) : TaskLimits<OnThreads>(shared);

public sealed class TaskLimitsOnContexts(SharedExecutor<OnContexts> shared) : TaskLimits<OnContexts>(shared);

public sealed class TaskLimitsOnProcesses(SharedExecutor<OnProcesses> shared) : TaskLimits<OnProcesses>(shared);

public sealed class TaskLimitsOverPortableTransport(SharedExecutor<OverPortableTransport> shared) : TaskLimits<OverPortableTransport>(shared);
