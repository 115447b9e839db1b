using System.Diagnostics;

namespace ManyHands.Scenarios.Tests.Supervision;

/// <summary>How a supervisor ends its children: all the time they need, some time, none; and while they are being restarted.</summary>
public abstract class Ending<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    private readonly EventLog _log = new();

    [Fact]
    [Ported("erlang/supervisor_SUITE/sup_stop_infinity")]
    public async Task With_endless_patience_every_task_that_is_asked_to_stop_ends_by_itself()
    {
        Executor pool = New(new ExecutorOptions { Workers = 2, KillAfter = TimeSpan.MaxValue });
        Gate[] gates = [NewGate(), NewGate()];
        Task<int>[] tasks = [.. gates.Select((gate, i) => pool.RunAsync(Gated.AnswerPolitely, (gate, i)))];
        await Within.Until(() => gates.All(gate => gate.HasBegun));
        await pool.CloseAsync(CloseMode.Cancel).Time();
        foreach (Task<int> task in tasks)
            await Should.ThrowAsync<ObjectDisposedException>(() => task.Time());
        pool.Snapshot().ShouldSatisfyAllConditions(then => then.WorkersKilled.ShouldBe(0), then => then.Abandoned.ShouldBe(0));
    }

    [Fact]
    [Ported("erlang/supervisor_SUITE/sup_stop_timeout")]
    public Task With_some_patience_the_one_that_listens_ends_and_the_stubborn_one_is_ended() => StubbornOneIsEnded(workers: 2);

    [Fact]
    [Ported("erlang/supervisor_SUITE/sup_stop_timeout_dynamic")]
    public Task With_some_patience_all_that_listen_end_and_the_stubborn_one_is_ended() => StubbornOneIsEnded(workers: 4);

    private async Task StubbornOneIsEnded(int workers)
    {
        Executor pool = New(new ExecutorOptions { Workers = workers, KillAfter = TimeSpan.FromSeconds(1) });
        string begun = NewFile();
        Gate[] gates = [.. Enumerable.Range(0, workers - 1).Select(_ => NewGate())];
        Task<int>[] listening = [.. gates.Select((gate, i) => pool.RunAsync(Gated.AnswerPolitely, (gate, i)))];
        Task stubborn = pool.RunAsync(Waiting.ForEverDespiteToken, begun);
        await Within.Until(() => File.Exists(begun) && gates.All(gate => gate.HasBegun));
        long start = Stopwatch.GetTimestamp();
        await pool.CloseAsync(CloseMode.Cancel).Time();
        Stopwatch.GetElapsedTime(start).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(900));
        foreach (Task task in listening.Append(stubborn))
            await Should.ThrowAsync<ObjectDisposedException>(() => task.Time());
        pool.Snapshot().Workers.ShouldBeEmpty();
    }

    [Fact]
    [Ported("erlang/supervisor_SUITE/sup_stop_brutal_kill")]
    public Task Without_patience_a_stubborn_one_is_ended_at_once() => AllAreEnded(workers: 1);

    [Fact]
    [Ported("erlang/supervisor_SUITE/sup_stop_brutal_kill_dynamic")]
    public Task Without_patience_all_are_ended_at_once() => AllAreEnded(workers: 10);

    private async Task AllAreEnded(int workers)
    {
        Executor pool = New(new ExecutorOptions { Workers = workers, KillAfter = TimeSpan.FromMinutes(5) });
        string[] begun = [.. Enumerable.Range(0, workers).Select(_ => NewFile())];
        Task[] tasks = [.. begun.Select(file => pool.RunAsync(Waiting.ForEverDespiteToken, file))];
        await Within.Until(() => begun.All(File.Exists));
        await pool.CloseAsync(CloseMode.Kill).Time();
        foreach (Task task in tasks)
            await Should.ThrowAsync<ObjectDisposedException>(() => task.Time());
        pool.Snapshot().Workers.ShouldBeEmpty();
    }

    [SkippableFact]
    [Ported("erlang/supervisor_SUITE/sup_stop_race")]
    [Ported("erlang/supervisor_SUITE/sup_stop_non_shutdown_exit_dynamic")]
    public async Task Workers_that_end_in_ways_of_their_own_while_they_are_being_stopped_hold_up_nobody()
    {
        NeedsProcesses("A thread does not die alone.");
        Executor pool = New(new ExecutorOptions { Workers = 6, KillAfter = TimeSpan.FromMinutes(5) });
        string gate = NewFile();
        Gate[] gates = [.. Enumerable.Range(0, 6).Select(_ => new Gate(NewFile(), gate))];
        Task<int>[] tasks =
        [
            .. Enum.GetValues<Way>().Select((way, i) => pool.RunAsync(DyingLater.GoOffAfter, (gates[i], way))),
            pool.RunAsync(Gated.AnswerInOwnTime, (gates[4], 4)),
            pool.RunAsync(Gated.AnswerPolitely, (gates[5], 5)),
        ];
        await Within.Until(() => gates.All(one => one.HasBegun));
        Task closing = pool.CloseAsync(CloseMode.Cancel);
        new Gate(NewFile(), gate).Open();
        await closing.Time();
        tasks.ShouldAllBe(task => task.IsCompleted);
        (await tasks[4]).ShouldBe(4);
        gates.ShouldAllBe(one => !Processes.IsAlive(one.Pid()));
    }

    [Theory]
    [InlineData(CloseMode.Cancel)]
    [InlineData(CloseMode.Kill)]
    [Ported("erlang/supervisor_SUITE/hanging_restart_loop")]
    public async Task An_executor_whose_only_worker_fails_to_start_again_and_again_can_be_closed(CloseMode mode)
    {
        Executor pool = New(Restless(workers: 1));
        Task<int> waiting = pool.RunAsync(Arithmetic.AddOne, 1);
        await Within.Until(() => _log.Count<WorkerStartFailed>() >= 2);
        await pool.CloseAsync(mode).Time();
        await Should.ThrowAsync<ObjectDisposedException>(() => waiting.Time());
        pool.Snapshot().Workers.ShouldBeEmpty();
    }

    [SkippableFact]
    [Ported("erlang/supervisor_SUITE/hanging_restart_loop_rest_for_one")]
    public async Task A_worker_that_works_goes_on_while_another_fails_to_start_again_and_again()
    {
        NeedsProcesses("A thread does not die alone.");
        string noted = NewFile();
        Executor pool = New(Restless(workers: 3) with { Initializer = WorkerInitializer.Of(Beginning.FailFromTheSecondOn, noted) });
        Gate gate = NewGate();
        Task<int> running = pool.RunAsync(Gated.Answer, (gate, 1));
        await Within.Until(() => gate.HasBegun);
        Task<int>[] waiting = [.. Enumerable.Range(0, 5).Select(number => pool.RunAsync(Arithmetic.AddOne, number))]; // asks for two more workers
        await Within.Until(() => _log.Count<WorkerStartFailed>() >= 3);
        gate.Open();
        (await running.Time()).ShouldBe(1);
        (await Task.WhenAll(waiting).Time()).ShouldBe(Enumerable.Range(1, 5));
        await pool.CloseAsync().Time();
    }

    [Fact]
    [Ported("erlang/supervisor_SUITE/hanging_restart_loop_simple")]
    public async Task A_task_that_waits_for_a_worker_that_never_starts_can_be_cancelled()
    {
        await using Executor pool = New(Restless(workers: 1));
        using var cancel = new CancellationTokenSource();
        Task<int> waiting = pool.RunAsync(Arithmetic.AddOne, 1, cancel.Token);
        await Within.Until(() => _log.Count<WorkerStartFailed>() >= 1);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting.Time());
    }

    [SkippableFact]
    [Ported("erlang/supervisor_SUITE/child_unlink")]
    public async Task A_worker_that_has_cut_its_connections_can_be_ended()
    {
        NeedsProcesses("A thread has no connection to cut.");
        Executor pool = New(new ExecutorOptions { Workers = 1, KillAfter = TimeSpan.FromMilliseconds(200) });
        Gate gate = NewGate();
        Task<int> task = pool.RunAsync(Flooding.CutConnections, gate);
        await Within.Until(() => gate.HasBegun);
        await pool.CloseAsync(CloseMode.Cancel).Time();
        await Should.ThrowAsync<Exception>(() => task.Time());
        await Within.Until(() => !Processes.IsAlive(gate.Pid()));
    }

    /// <summary>Starts again and again, with a limit that is never reached.</summary>
    private ExecutorOptions Restless(int workers) => new()
    {
        Workers = workers,
        Observer = _log,
        Initializer = WorkerInitializer.Of(Beginning.Fail, NewFile()),
        RestartLimit = new RestartLimit { Failures = 1_000_000 },
        KillAfter = TimeSpan.FromMilliseconds(200),
    };
}

public sealed class EndingOnThreads(SharedExecutor<OnThreads> shared) : Ending<OnThreads>(shared);

public sealed class EndingOnContexts(SharedExecutor<OnContexts> shared) : Ending<OnContexts>(shared);

public sealed class EndingOnProcesses(SharedExecutor<OnProcesses> shared) : Ending<OnProcesses>(shared);
