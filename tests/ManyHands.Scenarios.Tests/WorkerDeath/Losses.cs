namespace ManyHands.Scenarios.Tests.WorkerDeath;

/// <summary>Workers that are killed or exit: the error of the one task, and an executor that goes on where the originals expect it broken.</summary>
public abstract class Losses<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    [SkippableTheory]
    [InlineData(9)]
    [InlineData(15)]
    [Ported("cpython/test_process_pool/test_killed_child", Stronger = true)]
    [Ported("loky/_test_process_executor/test_killed_child", Stronger = true)]
    [Fault(1)]
    public async Task A_worker_that_is_killed_from_outside_costs_its_task_and_work_goes_on(int signal)
    {
        NeedsProcesses();
        Gate gate = NewGate();
        Task<int> task = Pool.RunAsync(Gated.Answer, (gate, 1));
        await Within.Until(() => gate.HasBegun);
        int pid = gate.Pid();
        Processes.Send(pid, signal);
        var error = await Should.ThrowAsync<WorkerLostException>(() => task.Time());
        error.ShouldSatisfyAllConditions(
            lost => lost.Pid.ShouldBe(pid), lost => lost.Cause.ShouldBe(WorkerLossCause.Killed), lost => lost.Signal.ShouldBe(signal));
        (await Pool.RunAsync(Numbers.Power, (2, 8)).Time()).ShouldBe(256);
    }

    [SkippableFact]
    [Ported("loky/_test_process_executor/test_killed_child_with_cancelled_work_items", Stronger = true)]
    public async Task A_worker_that_is_killed_amid_cancelled_tasks_leaves_nobody_waiting()
    {
        NeedsProcesses();
        Gate gate = NewGate();
        await using Executor pool = New(workers: 1);
        Task<int> running = pool.RunAsync(Gated.Answer, (gate, 1));
        Future<int>[] queued = await Task.WhenAll(Enumerable.Range(0, 54).Select(number => pool.SubmitAsync(Arithmetic.AddOne, number)));
        await Within.Until(() => gate.HasBegun);
        for (int i = 0; i < queued.Length; i += 2)
            queued[i].Cancel();
        Processes.Send(gate.Pid(), 15);
        await Should.ThrowAsync<WorkerLostException>(() => running.Time());
        for (int i = 0; i < queued.Length; i++)
        {
            if (i % 2 == 0)
                await Should.ThrowAsync<OperationCanceledException>(() => queued[i].Task.Time());
            else
                (await queued[i].Task.Time()).ShouldBe(i + 1);
        }
    }

    [SkippableFact]
    [Ported("loky/_test_process_executor/test_exited_child", Stronger = true)]
    [Fault(5)]
    public Task An_exit_names_its_code() => Exits(42);

    [SkippableFact]
    [Ported("cpython/test_process_pool/test_traceback_when_child_process_terminates_abruptly", Stronger = true)]
    public async Task The_message_of_a_loss_names_process_and_exit_code()
    {
        WorkerLostException error = await Exits(99);
        error.Message.ShouldContain("exited with exit code 99");
        error.Message.ShouldContain($"worker process {error.Pid}");
    }

    [SkippableFact]
    [Ported("cpython/test_process_pool/test_broken_process_pool_traceback", Stronger = true)]
    public async Task Each_lost_task_has_an_error_of_its_own()
    {
        NeedsProcesses();
        await using Executor pool = New(workers: 3);
        Gate[] gates = [NewGate(), NewGate(), NewGate()];
        Task<int>[] tasks = [.. gates.Select((gate, i) => pool.RunAsync(Gated.Answer, (gate, i)))];
        await Within.Until(() => gates.All(gate => gate.HasBegun));
        foreach (Gate gate in gates.Take(2))
            Processes.Kill(gate.Pid());
        var first = await Should.ThrowAsync<WorkerLostException>(() => tasks[0].Time());
        var second = await Should.ThrowAsync<WorkerLostException>(() => tasks[1].Time());
        first.ShouldNotBeSameAs(second);
        first.Pid.ShouldBe(gates[0].Pid());
        second.Pid.ShouldBe(gates[1].Pid());
        gates[2].Open();
        (await tasks[2].Time()).ShouldBe(2); // there it would have failed with them
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(13)]
    [Ported("loky/test_reusable_executor/test_crash_races", Stronger = true)]
    [Fault(1)]
    public async Task Workers_that_kill_each_other_lose_at_most_what_they_were_running(int workers)
    {
        NeedsProcesses();
        await using Executor pool = New(new ExecutorOptions { Workers = workers, RestartLimit = new() { Failures = 20 } });
        string gate = NewFile();
        Gate[] gates = [.. Enumerable.Range(0, workers).Select(_ => new Gate(NewFile(), gate))];
        Task<int>[] starting = [.. gates.Select(one => pool.RunAsync(Gated.Answer, (one, 0)))];
        await Within.Until(() => gates.All(one => one.HasBegun));
        int[] pids = [.. gates.Select(one => one.Pid())];
        gates[0].Open();
        await Task.WhenAll(starting).Time();
        (await pool.MapAsync(Enumerable.Range(0, 2 * workers).Select(i => (i / 2, pids)), Neighbours.AreAlive).ToList().Time()).ShouldAllBe(alive => alive);

        Task<int>[] kills = [.. pids.Reverse().Select(pid => pool.RunAsync(Neighbours.Kill, pid))];
        Task<int>[] others = [.. Enumerable.Range(0, 50).Select(number => pool.RunAsync(Arithmetic.AddOne, number))];
        int lost = 0;
        foreach (Task<int> task in kills.Concat(others))
        {
            await Task.WhenAny(task).Time();
            lost += task.IsFaulted ? 1 : 0;
            if (task.IsFaulted)
                task.Exception!.InnerException.ShouldBeOfType<WorkerLostException>().ShouldSatisfyAllConditions(
                    error => error.Signal.ShouldBe(9), error => pids.ShouldContain(error.Pid));
        }

        lost.ShouldBeLessThanOrEqualTo(workers);
        int[] killed = [.. kills.Where(kill => kill.IsCompletedSuccessfully).Select(kill => kill.Result)]; // a killer may have been killed first
        await Within.Until(() => !killed.Any(Processes.IsAlive));
        (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
    }

    [SkippableFact]
    [Ported("loky/test_reusable_executor/test_deadlock_kill", Stronger = true)]
    public async Task A_worker_that_is_killed_while_idle_is_replaced_and_fails_no_task()
    {
        NeedsProcesses();
        await using Executor pool = New(workers: 1);
        for (int i = 0; i < 5; i++)
        {
            int pid = await pool.RunAsync(Arithmetic.ProcessId, 0).Time();
            Processes.Kill(pid);
            (await pool.RunAsync(Arithmetic.ProcessId, 0).Time()).ShouldNotBe(pid); // whether the loss is known yet or not
        }

        pool.Snapshot().Failed.ShouldBe(0);
    }

    [SkippableFact]
    [Ported("loky/test_reusable_executor/test_kill_after_resize_call", Stronger = true)]
    public async Task A_worker_that_kills_the_other_leaves_an_executor_that_works_and_closes()
    {
        NeedsProcesses();
        Executor pool = New(workers: 2);
        await using HeldWorkers held = await HeldWorkers.Hold(pool, [NewGate(), NewGate()]);
        int victim = held.Pids[0];
        await held.DisposeAsync();
        await Task.WhenAny(pool.RunAsync(Neighbours.Kill, victim)).Time(); // it may have run in the victim itself
        (await pool.RunAsync(Arithmetic.Echo, 42).Time()).ShouldBe(42);
        await pool.CloseAsync().Time();
        Processes.IsAlive(victim).ShouldBeFalse();
    }

    private async Task<WorkerLostException> Exits(int code)
    {
        NeedsProcesses();
        var error = await Should.ThrowAsync<WorkerLostException>(() => Pool.RunAsync(Crashing.ExitNow, code).Time());
        error.ShouldSatisfyAllConditions(lost => lost.Cause.ShouldBe(WorkerLossCause.Exited), lost => lost.ExitCode.ShouldBe(code), lost => lost.Signal.ShouldBeNull());
        (await Pool.RunAsync(Numbers.Power, (2, 8)).Time()).ShouldBe(256); // there it refuses
        return error;
    }
}

public sealed class LossesOnThreads(SharedExecutor<OnThreads> shared) : Losses<OnThreads>(shared);

public sealed class LossesOnContexts(SharedExecutor<OnContexts> shared) : Losses<OnContexts>(shared);

public sealed class LossesOnProcesses(SharedExecutor<OnProcesses> shared) : Losses<OnProcesses>(shared);

public sealed class LossesOverPortableTransport(SharedExecutor<OverPortableTransport> shared) : Losses<OverPortableTransport>(shared);
