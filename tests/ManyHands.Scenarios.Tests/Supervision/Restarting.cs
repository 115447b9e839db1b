namespace ManyHands.Scenarios.Tests.Supervision;

/// <summary>An executor as the supervisor of its workers: which are restarted, how often, and who notices.</summary>
public abstract class Restarting<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    private const string NoDeath = "A thread does not die alone.";

    [SkippableFact]
    [Ported("erlang/supervisor_SUITE/one_for_one")]
    public Task One_of_two_workers_that_dies_is_replaced_and_the_other_is_not_touched() => OneIsReplaced(workers: 2);

    [SkippableFact]
    [Ported("erlang/supervisor_SUITE/simple_one_for_one")]
    public Task One_of_many_workers_that_dies_is_replaced_and_the_others_are_not_touched() => OneIsReplaced(workers: 6);

    private async Task OneIsReplaced(int workers)
    {
        NeedsProcesses(NoDeath);
        await using Executor pool = New(workers);
        int[] before = await AllIdle(pool, workers);
        Processes.Kill(before[0]);
        int[] after = [];
        await Within.Until(() => (after = Idle(pool)).Length == workers && !after.Contains(before[0]));
        after.Intersect(before).Order().ShouldBe(before.Skip(1).Order());
    }

    [SkippableFact]
    [Ported("erlang/supervisor_SUITE/one_for_one_escalation", Stronger = true)]
    public async Task Where_one_cannot_be_restarted_the_others_go_on()
    {
        NeedsProcesses(NoDeath);
        string noted = NewFile();
        await using Executor pool = New(FailingFromTheThirdOn(noted));
        int[] before = await AllIdle(pool, 2);
        Processes.Kill(before[0]);
        await Within.Until(() => pool.Snapshot().WorkersLost == 1); // else the other may run all of them before anybody is missed
        Gate gate = NewGate();
        Task<int> holding = pool.RunAsync(Gated.Answer, (gate, 0));
        Task<int>[] waiting = [.. Enumerable.Range(0, 10).Select(_ => pool.RunAsync(Arithmetic.ProcessId, 0))]; // asks for another worker
        await Within.Until(() => Beginning.Noted(noted).Length >= 4); // two starts that failed: the limit
        gate.Open();
        await holding.Time();
        (await Task.WhenAll(waiting).Time()).ShouldAllBe(pid => pid == before[1]);
    }

    [SkippableFact]
    [Ported("erlang/supervisor_SUITE/simple_one_for_one_escalation")]
    public async Task Where_none_can_be_restarted_the_executor_says_why()
    {
        NeedsProcesses(NoDeath);
        await using Executor pool = New(FailingFromTheThirdOn(NewFile()));
        int[] pids = await AllIdle(pool, 2);
        Array.ForEach(pids, Processes.Kill);
        var error = await Should.ThrowAsync<ExecutorBrokenException>(async () =>
        {
            while (true)
                await pool.RunAsync(Arithmetic.AddOne, 1).Time(); // until the loss of both is known
        });
        error.ToString().ShouldContain("from the third on");
    }

    [SkippableFact]
    [Ported("erlang/supervisor_SUITE/multiple_restarts")]
    public async Task A_worker_may_die_again_and_again_as_long_as_it_works_in_between()
    {
        NeedsProcesses(NoDeath);
        await using Executor pool = New(new ExecutorOptions { Workers = 1, RestartLimit = new RestartLimit { Failures = 2 } });
        for (int i = 0; i < 5; i++)
        {
            Processes.Kill(await pool.RunAsync(Arithmetic.ProcessId, 0).Time());
            (await pool.RunAsync(Arithmetic.AddOne, i).Time()).ShouldBe(i + 1);
        }
    }

    [SkippableFact]
    [Ported("erlang/supervisor_SUITE/permanent_normal")]
    public Task A_worker_that_ended_well_is_restarted() => IsRestartedAfterExit(0);

    [SkippableFact]
    [Ported("erlang/supervisor_SUITE/permanent_abnormal")]
    public Task A_worker_that_did_not_end_well_is_restarted() => IsRestartedAfterExit(1);

    private async Task IsRestartedAfterExit(int code)
    {
        NeedsProcesses(NoDeath);
        await using Executor pool = New(workers: 1);
        int pid = (await Should.ThrowAsync<WorkerLostException>(() => pool.RunAsync(Crashing.ExitNow, code).Time())).Pid;
        await Within.Until(() => Idle(pool).Length == 1); // without a task that asks for one
        Idle(pool).ShouldNotContain(pid);
    }

    [SkippableFact]
    [Ported("erlang/supervisor_SUITE/transient_normal")]
    public async Task A_worker_that_went_by_policy_is_started_again_only_when_there_is_work()
    {
        NeedsProcesses("Threads are not recycled.");
        var log = new EventLog();
        await using Executor pool = New(
            new ProcessExecutorOptions { Workers = 1, Observer = log, Retire = new Retirement { AfterIdle = TimeSpan.FromMilliseconds(50) } });
        await pool.RunAsync(Arithmetic.AddOne, 1).Time();
        await Within.Until(() => log.Count<WorkerEnded>() == 1);
        pool.Snapshot().Workers.ShouldBeEmpty();
        await pool.RunAsync(Arithmetic.AddOne, 1).Time();
        log.Count<WorkerStarted>().ShouldBe(2);
    }

    [SkippableFact]
    [Ported("erlang/supervisor_SUITE/temporary_abnormal")]
    [Fault(45)]
    public async Task A_task_that_was_lost_is_never_run_again_by_itself()
    {
        NeedsProcesses(NoDeath);
        string ledger = NewFile();
        await Should.ThrowAsync<WorkerLostException>(() => Pool.RunAsync(Ledger.KillSelf, (ledger, 1)).Time());
        await Pool.MapAsync(Enumerable.Range(0, 100), Arithmetic.AddOne).ToList().Time();
        (await File.ReadAllLinesAsync(ledger)).Length.ShouldBe(1);
    }

    [SkippableFact]
    [Ported("erlang/supervisor_SUITE/temporary_bystander")]
    public async Task A_bystander_that_dies_with_its_neighbour_is_run_again_only_where_that_was_allowed()
    {
        NeedsProcesses(NoDeath);
        await using Executor pool = New(new ProcessExecutorOptions { Workers = 1, LanesPerWorker = 3 });
        Gate killer = NewGate();
        Gate[] bystanders = [NewGate(), NewGate()];
        var again = new SubmitOptions { Idempotent = true, Retry = new() };
        Task<int> crashing = pool.RunAsync(DyingLater.CrashAfter, killer);
        Task<int> once = pool.RunAsync(Gated.Answer, (bystanders[0], 1)), twice = pool.RunAsync(Gated.Answer, (bystanders[1], 2), again);
        await Within.Until(() => killer.HasBegun && bystanders.All(gate => gate.HasBegun));
        killer.Open();
        await Should.ThrowAsync<WorkerLostException>(() => crashing.Time());
        await Should.ThrowAsync<WorkerLostException>(() => once.Time());
        bystanders[1].Open();
        (await twice.Time()).ShouldBe(2);
    }

    [Fact]
    [Ported("erlang/supervisor_SUITE/order_of_children")]
    public async Task Workers_are_numbered_in_the_order_of_their_start_and_no_number_comes_twice()
    {
        var log = new EventLog();
        await using (Executor pool = New(new ExecutorOptions { Workers = 4, Observer = log }))
        {
            for (int i = 1; i <= 4; i++)
            {
                await using (await HeldWorkers.Hold(pool, [.. Enumerable.Range(0, i).Select(_ => NewGate())])) // one more each time
                    pool.Snapshot().Workers.Select(worker => worker.Number).ShouldBe(Enumerable.Range(1, i));
            }
        }

        log.Events.OfType<WorkerStarted>().Select(started => started.Worker).ShouldBe([1, 2, 3, 4]);
        log.Events.OfType<WorkerEnded>().Select(ended => ended.Worker).Order().ShouldBe([1, 2, 3, 4]);
    }

    [SkippableFact]
    [Ported("erlang/supervisor_SUITE/count_children")]
    [Ported("erlang/supervisor_SUITE/count_restarting_children")]
    public async Task The_snapshot_counts_workers_that_are_there_and_those_that_are_being_restarted()
    {
        NeedsProcesses(NoDeath);
        string noted = NewFile(), gate = NewFile();
        await using Executor pool = New(new ProcessExecutorOptions { Workers = 3, Initializer = WorkerInitializer.Of(Beginning.WaitFromTheFourthOn, (noted, gate)) });
        pool.Snapshot().Workers.ShouldBeEmpty();
        int[] pids = await AllIdle(pool, 3);
        Processes.Kill(pids[0]);
        await Within.Until(() => States(pool) is [WorkerState.Starting, WorkerState.Idle, WorkerState.Idle]);
        Files.Open(gate);
        await Within.Until(() => States(pool) is [WorkerState.Idle, WorkerState.Idle, WorkerState.Idle]);
    }

    [Fact]
    [Ported("erlang/supervisor_SUITE/scale_start_stop_many_children")]
    public async Task Many_workers_start_and_stop_again_and_again()
    {
        for (int round = 0; round < 2; round++)
        {
            Executor pool = New(workers: 16);
            await using (await HeldWorkers.Hold(pool, [.. Enumerable.Range(0, 16).Select(_ => NewGate())]))
                pool.Snapshot().Workers.Count.ShouldBe(16);
            await pool.CloseAsync().Time();
            pool.Snapshot().Workers.ShouldBeEmpty();
        }
    }

    private static WorkerState[] States(Executor pool) => [.. pool.Snapshot().Workers.Select(worker => worker.State).Order()];

    private static int[] Idle(Executor pool) =>
        [.. pool.Snapshot().Workers.Where(worker => worker.State == WorkerState.Idle).Select(worker => worker.Pid!.Value)];

    private async Task<int[]> AllIdle(Executor pool, int workers)
    {
        await using (await HeldWorkers.Hold(pool, [.. Enumerable.Range(0, workers).Select(_ => NewGate())]))
        {
        }

        await Within.Until(() => Idle(pool).Length == workers);
        return Idle(pool);
    }

    private static ExecutorOptions FailingFromTheThirdOn(string noted) => new()
    {
        Workers = 2,
        Initializer = WorkerInitializer.Of(Beginning.FailFromTheThirdOn, noted),
        RestartLimit = new RestartLimit { Failures = 2 },
    };
}

public sealed class RestartingOnThreads(SharedExecutor<OnThreads> shared) : Restarting<OnThreads>(shared);

public sealed class RestartingOnContexts(SharedExecutor<OnContexts> shared) : Restarting<OnContexts>(shared);

public sealed class RestartingOnProcesses(SharedExecutor<OnProcesses> shared) : Restarting<OnProcesses>(shared);
