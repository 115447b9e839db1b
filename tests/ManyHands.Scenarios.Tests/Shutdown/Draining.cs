using System.Runtime.CompilerServices;

namespace ManyHands.Scenarios.Tests.Shutdown;

/// <summary>Closing that lets everything end, awaited or not, and executors that nobody closes.</summary>
public abstract class Draining<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    [Fact]
    [Ported("cpython/test_shutdown/test_run_after_shutdown")]
    [Ported("loky/_test_process_executor/test_run_after_shutdown")]
    public async Task A_closed_executor_refuses_work()
    {
        Executor pool = New(workers: 2);
        await pool.RunAsync(Arithmetic.AddOne, 1).Time();
        await pool.CloseAsync().Time();
        Should.Throw<ObjectDisposedException>(() => { _ = pool.RunAsync(Numbers.Power, (2, 5)); });
        Should.Throw<ObjectDisposedException>(() => { _ = pool.MapAsync([1], Arithmetic.AddOne); });
    }

    [Fact]
    [Ported("cpython/test_shutdown/test_hang_issue12364")]
    [Ported("loky/_test_process_executor/test_hang_issue12364")]
    [Ported("pebble/test_process_pool/test_process_pool_close_futures")]
    public async Task Fifty_tasks_all_end_before_a_draining_executor_has_closed()
    {
        Executor pool = New(workers: 2);
        Task<int>[] tasks = [.. Enumerable.Range(0, 50).Select(_ => pool.RunAsync(Waiting.For, 10))];
        await pool.CloseAsync().Time();
        tasks.ShouldAllBe(task => task.IsCompletedSuccessfully);
    }

    [Fact]
    [Ported("cpython/test_shutdown/test_hang_gh94440")]
    [Ported("loky/_test_process_executor/test_hang_gh94440")]
    [Fault(34)]
    public async Task A_task_that_is_cancelled_right_before_closing_holds_up_nobody()
    {
        for (int i = 0; i < 10; i++)
        {
            Executor pool = New(workers: 1);
            await pool.RunAsync(Arithmetic.AddOne, 1).Time();
            (await pool.SubmitAsync(Arithmetic.AddOne, 2)).Cancel();
            await pool.CloseAsync().Time();
        }
    }

    [Fact]
    [Ported("cpython/test_shutdown/test_threads_terminate")]
    [Ported("cpython/test_shutdown/test_processes_terminate")]
    [Ported("loky/_test_process_executor/test_processes_terminate")]
    public async Task Three_waiting_tasks_have_three_workers_and_closing_leaves_none()
    {
        Executor pool = New(workers: 5);
        HeldWorkers held = await HeldWorkers.Hold(pool, [NewGate(), NewGate(), NewGate()]);
        pool.Snapshot().Workers.Count.ShouldBe(3);
        int[] pids = [.. held.Pids];
        await held.DisposeAsync();
        await pool.CloseAsync().Time();
        pool.Snapshot().Workers.ShouldBeEmpty();
        if (pool.Traits.Isolation == Isolation.Process)
            pids.ShouldAllBe(pid => !Processes.IsAlive(pid));
    }

    [Fact]
    [Ported("cpython/test_shutdown/ThreadPoolShutdownTest.test_context_manager_shutdown")]
    [Ported("cpython/test_shutdown/ProcessPoolShutdownTest.test_context_manager_shutdown")]
    [Ported("loky/_test_process_executor/test_context_manager_shutdown")]
    public async Task Leaving_the_block_of_an_executor_leaves_no_worker()
    {
        Executor left;
        await using (Executor pool = New(workers: 5))
        {
            left = pool;
            (await pool.MapAsync(Enumerable.Range(-5, 10), Numbers.Absolute).ToList().Time()).ShouldBe([5, 4, 3, 2, 1, 0, 1, 2, 3, 4]);
        }

        left.Snapshot().Workers.ShouldBeEmpty();
    }

    [Fact]
    [Ported("cpython/test_shutdown/ThreadPoolShutdownTest.test_shutdown_no_wait")]
    [Ported("cpython/test_shutdown/ProcessPoolShutdownTest.test_shutdown_no_wait")]
    [Ported("loky/_test_process_executor/test_shutdown_no_wait")]
    public async Task Closing_that_nobody_awaits_still_gives_all_results_and_refuses_at_once()
    {
        Executor pool = New(workers: 2);
        string gate = NewFile();
        Task<int>[] tasks = [.. Enumerable.Range(-5, 10).Select(number => pool.RunAsync(Gated.Answer, (new Gate(NewFile(), gate), number)))];
        Task closing = pool.CloseAsync();
        Should.Throw<ObjectDisposedException>(() => { _ = pool.RunAsync(Arithmetic.AddOne, 42); });
        tasks.ShouldAllBe(task => !task.IsCompleted);
        new Gate(NewFile(), gate).Open();
        (await Task.WhenAll(tasks).Time()).ShouldBe(Enumerable.Range(-5, 10));
        await closing.Time();
        pool.Snapshot().Workers.ShouldBeEmpty();
    }

    [Fact]
    [Ported("cpython/test_shutdown/ThreadPoolShutdownTest.test_del_shutdown")]
    [Ported("cpython/test_shutdown/ProcessPoolShutdownTest.test_del_shutdown")]
    [Fault(36)]
    public async Task An_executor_that_nobody_holds_any_more_gives_the_results_of_what_it_was_given()
    {
        Task<int>[] tasks = SubmitAndForget();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        (await Task.WhenAll(tasks).Time()).ShouldBe([5, 4, 3, 2, 1, 0, 1, 2, 3, 4]);
    }

    [SkippableFact]
    [Ported("loky/_test_process_executor/test_processes_crash_handling_after_executor_gc", Stronger = true)]
    public async Task A_crash_in_an_executor_that_nobody_holds_any_more_costs_its_task()
    {
        NeedsProcesses();
        Gate gate = NewGate();
        (Task<int>[] easy, Task<int> crash) = SubmitAndForgetWith(gate);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        (await Task.WhenAll(easy).Time()).ShouldBe(Enumerable.Range(0, 5));
        gate.Open();
        (await Should.ThrowAsync<WorkerLostException>(() => crash.Time())).Cause.ShouldBe(WorkerLossCause.Crashed);
    }

    [SkippableFact]
    [Ported("loky/_test_process_executor/test_processes_terminate_on_executor_gc")]
    [Fault(36)]
    public async Task Workers_of_an_executor_that_nobody_holds_any_more_go()
    {
        NeedsProcesses("Threads of an executor end after some idle time whether it is held or not.");
        int[] pids = [.. (await Task.WhenAll(SubmitAndForgetPids()).Time()).Distinct()];
        await Within.Until(() => IsGone(pids));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [Ported("cpython/test_shutdown/test_shutdown_gh_132969")]
    public async Task An_executor_of_one_task_workers_closes_after_a_failure_that_stopped_its_reader(int workers)
    {
        Executor pool = New(new ProcessExecutorOptions { Workers = workers, Retire = new Retirement { AfterTasks = 1 } });
        Task<int> first = pool.RunAsync(Waiting.For, 10), failing = pool.RunAsync(Failing.Throw, "failing task"), last = pool.RunAsync(Waiting.For, 30);
        (await first.Time()).ShouldBe(10);
        await Should.ThrowAsync<InvalidOperationException>(() => failing.Time());
        await pool.CloseAsync().Time();
        (await last).ShouldBe(30);
        pool.Snapshot().Workers.ShouldBeEmpty();
    }

    [SkippableFact]
    [Ported("cpython/test_shutdown/test_thread_names_default")]
    public async Task Threads_of_an_executor_can_be_told_from_others_by_name()
    {
        Skip.If(Pool.Traits.Isolation == Isolation.Process, "Names of threads in another process tell the caller nothing.");
        (await Pool.RunAsync(static (int _) => Thread.CurrentThread.Name, 0).Time()).ShouldNotBeNull().ShouldStartWith("ManyHands");
    }

    [Fact]
    [Ported("pebble/test_process_pool/test_process_pool_stop_stopped_callback")]
    public async Task An_executor_can_be_closed_from_a_continuation_of_its_own_task()
    {
        Executor pool = New(workers: 1);
        Task closing = pool.RunAsync(Arithmetic.AddOne, 1).ContinueWith(_ => pool.CloseAsync(CloseMode.Kill), TaskContinuationOptions.ExecuteSynchronously).Unwrap();
        await closing.Time();
        Should.Throw<ObjectDisposedException>(() => { _ = pool.RunAsync(Arithmetic.AddOne, 1); });
    }

    [Fact]
    [Ported("pebble/test_process_pool/test_process_pool_join_futures_timeout")]
    public async Task Who_gives_up_waiting_for_a_drain_can_kill()
    {
        Executor pool = New(workers: 1);
        Gate gate = NewGate();
        Task<int>[] tasks = [pool.RunAsync(Gated.AnswerPolitely, (gate, 1)), pool.RunAsync(Gated.AnswerPolitely, (gate, 2))];
        Task draining = pool.CloseAsync();
        await Should.ThrowAsync<TimeoutException>(() => draining.WaitAsync(TimeSpan.FromMilliseconds(100)));
        await pool.CloseAsync(CloseMode.Kill).Time();
        await draining.Time();
        foreach (Task<int> task in tasks)
            await Should.ThrowAsync<ObjectDisposedException>(() => task.Time());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Task<int>[] SubmitAndForget()
    {
        Executor pool = NewToForget(new ExecutorOptions { Workers = 2 });
        return [.. Enumerable.Range(-5, 10).Select(number => pool.RunAsync(Numbers.Absolute, number))];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Task<int>[] SubmitAndForgetPids()
    {
        Executor pool = NewToForget(new ExecutorOptions { Workers = 2 });
        return [.. Enumerable.Range(0, 10).Select(_ => pool.RunAsync(Arithmetic.ProcessId, 0))];
    }

    private static bool IsGone(int[] pids)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return !pids.Any(Processes.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private (Task<int>[] Easy, Task<int> Crash) SubmitAndForgetWith(Gate gate)
    {
        Executor pool = NewToForget(new ExecutorOptions { Workers = 5 });
        return ([.. Enumerable.Range(0, 5).Select(number => pool.RunAsync(Arithmetic.Echo, number))], pool.RunAsync(DyingLater.CrashAfter, gate));
    }
}

public sealed class DrainingOnThreads(SharedExecutor<OnThreads> shared) : Draining<OnThreads>(shared);

public sealed class DrainingOnContexts(SharedExecutor<OnContexts> shared) : Draining<OnContexts>(shared);

public sealed class DrainingOnProcesses(SharedExecutor<OnProcesses> shared) : Draining<OnProcesses>(shared);

public sealed class DrainingOverPortableTransport(SharedExecutor<OverPortableTransport> shared) : Draining<OverPortableTransport>(shared);
