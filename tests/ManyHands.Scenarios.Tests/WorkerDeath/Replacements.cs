namespace ManyHands.Scenarios.Tests.WorkerDeath;

/// <summary>What comes after a death or a deadline: another worker, the same work once more where that was allowed, and word at once.</summary>
public abstract class Replacements<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    [SkippableFact]
    [Ported("pebble/test_process_pool/test_process_pool_expired_worker")]
    [Ported("ray/test_failure/test_worker_dying")]
    public async Task The_error_of_a_lost_worker_says_who_it_was_and_how_it_ended()
    {
        NeedsProcesses();
        int[] pids = [.. Pool.Snapshot().Workers.Select(worker => worker.Pid ?? 0)];
        var error = await Should.ThrowAsync<WorkerLostException>(() => Pool.RunAsync(Crashing.ExitNow, 1).Time());
        error.ExitCode.ShouldBe(1);
        error.Pid.ShouldBeGreaterThan(1);
        if (pids.Length == 2)
            pids.ShouldContain(error.Pid);
        error.TaskState.ShouldBe(LostTaskState.Started);
        error.Message.ShouldContain("was lost");
    }

    [Fact]
    [Ported("pebble/test_process_pool/test_process_pool_exception_isolated")]
    public async Task A_task_that_throws_leaves_worker_and_followers_alone()
    {
        await using Executor pool = New(workers: 1);
        int pid = await pool.RunAsync(Arithmetic.ProcessId, 0).Time();
        await Should.ThrowAsync<InvalidOperationException>(() => pool.RunAsync(Failing.Throw, "BOOM!").Time());
        (await pool.RunAsync(Arithmetic.ProcessId, 0).Time()).ShouldBe(pid);
    }

    [SkippableFact]
    [Ported("pebble/test_process_pool/test_process_pool_ignoring_sigterm")]
    [Fault(15)]
    public async Task Work_that_ignores_termination_is_gone_when_it_is_cancelled()
    {
        NeedsProcesses("A thread cannot be stopped, only given up.");
        Gate gate = NewGate();
        Future future = await Pool.SubmitAsync(Neighbours.IgnoreTermination, gate);
        await Within.Until(() => gate.HasBegun);
        int pid = gate.Pid();
        Processes.Send(pid, 15);
        future.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => future.Task.Time()); // not lost: it ignored the signal
        await Within.Until(() => !Processes.IsAlive(pid));
    }

    [SkippableTheory]
    [InlineData("SIGKILL")]
    [InlineData("SYSTEM_EXIT")]
    [InlineData("DELAY_TIMEOUT")]
    [Ported("celery/smoke_test_tasks/test_child_process_respawn")]
    public async Task One_worker_is_replaced_by_one_other_and_the_rest_stay(string method)
    {
        NeedsProcesses();
        await using Executor pool = New(workers: 2);
        await using (await HeldWorkers.Hold(pool, [NewGate(), NewGate()]))
        {
        }

        HashSet<int> pids = await Pids(pool);
        await Should.ThrowAsync<Exception>(() => End(pool, method).Time());
        pids.UnionWith(await Pids(pool));
        pids.Count.ShouldBe(3);
    }

    [SkippableTheory]
    [InlineData("SIGKILL", "was killed by SIGKILL")]
    [InlineData("SYSTEM_EXIT", "exited with exit code 1")]
    [InlineData("DELAY_TIMEOUT", "did not end within 00:00:02")]
    [Ported("celery/smoke_test_tasks/test_terminated_task_logs_correct_error")]
    public async Task The_error_of_each_end_says_what_it_was(string method, string text)
    {
        NeedsProcesses();
        (await Should.ThrowAsync<Exception>(() => End(Pool, method).Time())).Message.ShouldContain(text);
    }

    [SkippableFact]
    [Ported("celery/smoke_test_tasks/test_hard_timeout_worker_remains_functional")]
    public async Task After_a_timeout_the_next_task_gives_its_result()
    {
        await using Executor pool = New(workers: 1);
        await Should.ThrowAsync<TaskTimeoutException>(() => End(pool, "DELAY_TIMEOUT").Time());
        (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    [Ported("ray/test_failure/test_get_throws_quickly_when_found_exception")]
    public async Task The_first_failure_is_heard_of_while_another_task_is_still_slow(bool dies)
    {
        if (dies)
            NeedsProcesses();
        Gate gate = NewGate();
        Task<int> slow = Pool.RunAsync(Gated.Answer, (gate, 1));
        await Within.Until(() => gate.HasBegun);
        Task bad = dies ? Pool.RunAsync(Crashing.ExitNow, 0) : Pool.RunAsync(Failing.Throw, "no");
        Task first = await Task.WhenAny(slow, bad).Time();
        first.ShouldBeSameAs(bad);
        first.Exception!.InnerException!.GetType().ShouldBe(dies ? typeof(WorkerLostException) : typeof(InvalidOperationException));
        gate.Open();
        await slow.Time();
    }

    [SkippableFact]
    [Ported("ray/test_failure_4/test_retry_system_level_error")]
    [Fault(45)]
    public async Task A_lost_task_is_run_once_more_where_that_was_allowed_and_else_not()
    {
        NeedsProcesses();
        var once = new SubmitOptions { Idempotent = true, Retry = new RetryPolicy { Attempts = 2 } };
        string first = NewFile(), second = NewFile();
        (await Pool.RunAsync(Crashing.KillUntil, (first, 2), once).Time()).ShouldBe(2);
        await Should.ThrowAsync<WorkerLostException>(() => Pool.RunAsync(Crashing.KillUntil, (second, 2)).Time());
        new FileInfo(second).Length.ShouldBe(1);
    }

    private Task End(Executor pool, string method) => method switch
    {
        "SIGKILL" => pool.RunAsync(Crashing.Kill, 0),
        "SYSTEM_EXIT" => pool.RunAsync(Crashing.Exit, 1),
        _ => pool.RunAsync(Waiting.ForEver, NewFile(), new SubmitOptions { Timeout = TimeSpan.FromSeconds(2) }),
    };

    /// <summary>The workers, once both are idle.</summary>
    private static async Task<HashSet<int>> Pids(Executor pool)
    {
        await Within.Until(() => pool.Snapshot().Workers.Count(worker => worker.State == WorkerState.Idle) == 2);
        return [.. pool.Snapshot().Workers.Select(worker => worker.Pid!.Value)];
    }
}

public sealed class ReplacementsOnThreads(SharedExecutor<OnThreads> shared) : Replacements<OnThreads>(shared);

public sealed class ReplacementsOnContexts(SharedExecutor<OnContexts> shared) : Replacements<OnContexts>(shared);

public sealed class ReplacementsOnProcesses(SharedExecutor<OnProcesses> shared) : Replacements<OnProcesses>(shared);

public sealed class ReplacementsOverPortableTransport(SharedExecutor<OverPortableTransport> shared) : Replacements<OverPortableTransport>(shared);
