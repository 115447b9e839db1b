namespace ManyHands.Scenarios.Tests.Initialisers;

/// <summary>What runs in a worker before its first task: it works, fails, hangs, or cannot travel.</summary>
public abstract class Initialising<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    [Fact]
    [Ported("cpython/test_init/InitializerMixin.test_initializer")]
    [Ported("pebble/test_process_pool/test_process_pool_initializer")]
    public async Task Every_worker_is_initialized_before_its_first_task()
    {
        await using Executor pool = New(With(WorkerInitializer.Of(Beginning.Set, "initialized")));
        Gate[] gates = [NewGate(), NewGate()];
        Task<string>[] tasks = [.. gates.Select(gate => pool.RunAsync(Beginning.StatusAfter, gate))];
        await Within.Until(() => gates.All(gate => gate.HasBegun)); // one in each worker
        Array.ForEach(gates, gate => gate.Open());
        (await Task.WhenAll(tasks).Time()).ShouldBe(["initialized", "initialized"]);
    }

    [Fact]
    [Ported("cpython/test_interpreter_pool/test_init_func")]
    public async Task An_initializer_runs_once_for_each_worker()
    {
        string noted = NewFile();
        await using Executor pool = New(With(WorkerInitializer.Of(Beginning.Succeed, noted)));
        await using (await HeldWorkers.Hold(pool, [NewGate(), NewGate()]))
            Beginning.Noted(noted).Length.ShouldBe(2);
        await pool.MapAsync(Enumerable.Range(0, 20), Arithmetic.AddOne).ToList().Time();
        Beginning.Noted(noted).Length.ShouldBe(2);
    }

    [Fact]
    [Ported("cpython/test_init/FailingInitializerMixin.test_initializer")]
    [Ported("cpython/test_interpreter_pool/test_init_exception_in_func")]
    [Fault(28)]
    public async Task An_initializer_that_throws_breaks_the_executor_is_reported_and_refuses_what_comes_later()
    {
        var log = new EventLog();
        await using Executor pool = New(With(WorkerInitializer.Of(Beginning.Fail, NewFile())) with { Observer = log });
        var error = await Should.ThrowAsync<ExecutorBrokenException>(() => pool.RunAsync(Beginning.Status, 0).Time());
        error.ToString().ShouldContain("error in initializer");
        log.Events.OfType<WorkerStartFailed>().ShouldAllBe(failed => failed.Error.Message.Contains("error in initializer"));
        log.Count<WorkerStartFailed>().ShouldBeGreaterThanOrEqualTo(2);
        Should.Throw<ExecutorBrokenException>(() => { _ = pool.RunAsync(Beginning.Status, 0); });
    }

    [SkippableFact]
    [Ported("cpython/test_init/FailingInitializerResourcesTest.test_spawn")]
    [Ported("cpython/test_init/FailingInitializerResourcesTest.test_forkserver")]
    public async Task Workers_whose_initializer_failed_leave_no_process()
    {
        NeedsProcesses("Threads of a failed initializer are used again.");
        string noted = NewFile();
        await using (Executor pool = New(With(WorkerInitializer.Of(Beginning.Fail, noted))))
            await Should.ThrowAsync<ExecutorBrokenException>(() => pool.RunAsync(Beginning.Status, 0).Time());
        Beginning.Noted(noted).Length.ShouldBeGreaterThanOrEqualTo(2);
        Beginning.Noted(noted).ShouldAllBe(pid => !Processes.IsAlive(pid));
    }

    [SkippableFact]
    [Ported("cpython/test_interpreter_pool/test_init_closure")]
    public void An_initializer_that_captures_is_refused_by_name()
    {
        NeedsCopies();
        int count = 0;
        var initializer = WorkerInitializer.Of((int number) => { count += number; }, 1);
        Should.Throw<ArgumentException>(() => New(With(initializer))).Message.ShouldContain("count");
    }

    [SkippableFact]
    [Ported("cpython/test_interpreter_pool/test_init_instance_method")]
    public void An_initializer_of_an_object_is_refused()
    {
        NeedsCopies();
        Should.Throw<ArgumentException>(() => New(With(WorkerInitializer.Of(InstanceMethod, 1)))).Message.ShouldContain(nameof(InstanceMethod));
    }

    [Fact]
    [Ported("cpython/test_interpreter_pool/test_init_shared")]
    public async Task What_an_initializer_was_given_is_there_for_tasks()
    {
        await using Executor pool = New(With(WorkerInitializer.Of(Beginning.Set, "eggs")));
        (await pool.RunAsync(Beginning.Status, 0).Time()).ShouldBe("eggs");
    }

    [SkippableFact]
    [Ported("ray/test_failure_4/test_worker_start_timeout")]
    [Fault(27)]
    public async Task A_worker_that_hangs_in_its_initializer_is_killed_at_the_limit_which_the_error_names()
    {
        NeedsProcesses("A thread that hangs cannot be ended, so there is no StartLimit.");
        string noted = NewFile();
        await using Executor pool = New(new ProcessExecutorOptions
        {
            Workers = 1,
            StartLimit = TimeSpan.FromSeconds(1),
            RestartLimit = new RestartLimit { Failures = 1 },
            Initializer = WorkerInitializer.Of(Beginning.Hang, noted),
        });
        var error = await Should.ThrowAsync<ExecutorBrokenException>(() => pool.RunAsync(Arithmetic.AddOne, 1).Time());
        error.Message.ShouldContain("was not ready within the StartLimit of 00:00:01");
        Beginning.Noted(noted).ShouldAllBe(pid => !Processes.IsAlive(pid));
    }

    [Fact]
    [Ported("pebble/test_process_pool/test_process_pool_broken_initializer")]
    public async Task An_executor_that_broke_before_refuses_in_the_callers_own_call_and_closes()
    {
        Executor pool = New(With(WorkerInitializer.Of(Beginning.Fail, NewFile())));
        await Should.ThrowAsync<ExecutorBrokenException>(() => pool.RunAsync(Arithmetic.AddOne, 1).Time());
        Should.Throw<ExecutorBrokenException>(() => { _ = pool.SubmitAsync(Arithmetic.AddOne, 1); });
        Should.Throw<ExecutorBrokenException>(() => { _ = pool.TrySubmit(Arithmetic.AddOne, 1, out _); });
        await pool.CloseAsync().Time();
        pool.Snapshot().Workers.ShouldBeEmpty();
    }

    private static ExecutorOptions With(WorkerInitializer initializer) =>
        new() { Workers = 2, Initializer = initializer, RestartLimit = new RestartLimit { Failures = 2 } };

    private void InstanceMethod(int number) => _ = number + GetHashCode();
}

public sealed class InitialisingOnThreads(SharedExecutor<OnThreads> shared) : Initialising<OnThreads>(shared);

public sealed class InitialisingOnContexts(SharedExecutor<OnContexts> shared) : Initialising<OnContexts>(shared);

public sealed class InitialisingOnProcesses(SharedExecutor<OnProcesses> shared) : Initialising<OnProcesses>(shared);

public sealed class InitialisingOverPortableTransport(SharedExecutor<OverPortableTransport> shared) : Initialising<OverPortableTransport>(shared);
