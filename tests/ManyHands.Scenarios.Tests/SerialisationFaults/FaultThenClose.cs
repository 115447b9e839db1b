namespace ManyHands.Scenarios.Tests.SerialisationFaults;

/// <summary>The same faults on an executor that is fresh, and closed right after: it must neither hang nor lose another task's result.</summary>
public abstract class FaultThenClose<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    [SkippableFact]
    [Ported("cpython/test_deadlock/test_error_at_task_pickle")]
    public Task An_error_while_the_argument_is_written() => Closes(Where.WritingArgument, Way.Throw);

    [SkippableFact]
    [Ported("cpython/test_deadlock/test_exit_at_task_unpickle", Stronger = true)]
    public Task An_exit_while_the_argument_is_read() => Closes(Where.ReadingArgument, Way.Exit);

    [SkippableFact]
    [Ported("cpython/test_deadlock/test_error_at_task_unpickle", Stronger = true)]
    public Task An_error_while_the_argument_is_read() => Closes(Where.ReadingArgument, Way.Throw);

    [SkippableFact]
    [Ported("cpython/test_deadlock/test_crash_at_task_unpickle", Stronger = true)]
    public Task A_crash_while_the_argument_is_read() => Closes(Where.ReadingArgument, Way.Fault);

    [SkippableFact]
    [Ported("cpython/test_deadlock/test_crash_during_func_exec_on_worker", Stronger = true)]
    public Task A_crash_of_the_work() => Closes(Where.Running, Way.Fault);

    [SkippableFact]
    [Ported("cpython/test_deadlock/test_exit_during_func_exec_on_worker", Stronger = true)]
    public Task An_exit_of_the_work() => Closes(Where.Running, Way.Exit);

    [SkippableFact]
    [Ported("cpython/test_deadlock/test_error_during_func_exec_on_worker")]
    public Task An_error_of_the_work() => Closes(Where.Running, Way.Throw);

    [SkippableFact]
    [Ported("cpython/test_deadlock/test_crash_during_result_pickle_on_worker", Stronger = true)]
    public Task A_crash_while_the_result_is_written() => Closes(Where.WritingResult, Way.Fault);

    [SkippableFact]
    [Ported("cpython/test_deadlock/test_exit_during_result_pickle_on_worker", Stronger = true)]
    public Task An_exit_while_the_result_is_written() => Closes(Where.WritingResult, Way.Exit);

    [SkippableFact]
    [Ported("cpython/test_deadlock/test_error_during_result_pickle_on_worker")]
    public Task An_error_while_the_result_is_written() => Closes(Where.WritingResult, Way.Throw);

    [SkippableFact]
    [Ported("cpython/test_deadlock/test_error_during_result_unpickle_in_result_handler", Stronger = true)]
    public Task An_error_while_the_result_is_read() => Closes(Where.ReadingResult, Way.Throw);

    [SkippableFact]
    [Ported("cpython/test_deadlock/test_exit_during_result_unpickle_in_result_handler", Stronger = true)]
    public Task A_stop_while_the_result_is_read() => Closes(Where.ReadingResult, Way.Exit);

    [SkippableFact]
    [Ported("cpython/test_deadlock/test_shutdown_deadlock", Stronger = true)]
    [Fault(37)]
    public async Task A_worker_that_crashes_while_the_executor_closes_holds_up_nobody()
    {
        NeedsProcesses();
        Executor pool = New(workers: 2);
        Gate gate = NewGate();
        Task<int> crashing = pool.RunAsync(DyingLater.CrashAfter, gate), other = pool.RunAsync(Waiting.For, 100);
        await Within.Until(() => gate.HasBegun);
        Task closing = pool.CloseAsync();
        gate.Open();
        await closing.Time();
        (await Should.ThrowAsync<WorkerLostException>(() => crashing)).Cause.ShouldBe(WorkerLossCause.Crashed);
        (await other).ShouldBe(100);
    }

    [SkippableFact]
    [Ported("cpython/test_deadlock/test_shutdown_deadlock_pickle")]
    [Ported("loky/_test_process_executor/test_shutdown_deadlock_pickle")]
    public async Task A_refused_argument_right_before_closing_holds_up_nobody()
    {
        NeedsCopies();
        Executor pool = New(workers: 2);
        await pool.RunAsync(Arithmetic.Echo, 42).Time();
        Should.Throw<PayloadException>(() => { _ = pool.RunAsync(Bombs.Take, Bomb.Of(Moment.Encoding, Way.Throw)); });
        Task closing = pool.CloseAsync();
        Should.Throw<ObjectDisposedException>(() => { _ = pool.RunAsync(Arithmetic.Echo, 42); });
        await closing.Time();
    }

    [SkippableFact]
    [Ported("loky/_test_process_executor/test_shutdown_with_pickle_error")]
    public Task Arguments_that_throw_and_nothing_else_let_an_executor_close_again_and_again() => ClosesUnused(Way.Throw);

    [SkippableFact]
    [Ported("loky/_test_process_executor/test_shutdown_with_sys_exit_at_pickle")]
    public Task Arguments_that_say_stop_and_nothing_else_let_an_executor_close_again_and_again() => ClosesUnused(Way.Exit);

    private async Task ClosesUnused(Way way)
    {
        NeedsCopies();
        for (int i = 0; i < 5; i++)
        {
            await using Executor pool = New(workers: 4);
            Should.Throw<PayloadException>(() => { _ = pool.RunAsync(Bombs.Take, Bomb.Of(Moment.Encoding, way)); });
            await pool.CloseAsync().Time();
            pool.Snapshot().Workers.ShouldBeEmpty();
        }
    }

    private async Task Closes(Where where, Way way)
    {
        if (where != Where.Running)
            NeedsCopies();
        if (way != Way.Throw && where is (Where.Running or Where.ReadingArgument or Where.WritingResult))
            NeedsProcesses();
        Executor pool = New(workers: 2);
        Task<int> before = pool.RunAsync(Arithmetic.AddOne, 1);
        Exception error = await Should.ThrowAsync<Exception>(() => JourneyFault.Provoke(pool, where, way).Time());
        Task<int> after = pool.RunAsync(Arithmetic.AddOne, 2);
        await pool.CloseAsync().Time();
        JourneyFault.Check(error, where, way);
        (await before).ShouldBe(2);
        (await after).ShouldBe(3);
        pool.Snapshot().Workers.ShouldBeEmpty();
    }
}

public sealed class FaultThenCloseOnThreads(SharedExecutor<OnThreads> shared) : FaultThenClose<OnThreads>(shared);

public sealed class FaultThenCloseOnContexts(SharedExecutor<OnContexts> shared) : FaultThenClose<OnContexts>(shared);

public sealed class FaultThenCloseOnProcesses(SharedExecutor<OnProcesses> shared) : FaultThenClose<OnProcesses>(shared);

public sealed class FaultThenCloseOverPortableTransport(SharedExecutor<OverPortableTransport> shared) : FaultThenClose<OverPortableTransport>(shared);
