using System.Diagnostics;

namespace ManyHands.Scenarios.Tests.Shutdown;

/// <summary>Closing that cancels or kills: what runs, what waits, what is dead already, and what was never started.</summary>
public abstract class Stopping<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    [Fact]
    [Ported("cpython/test_shutdown/test_cancel_futures")]
    public async Task Cancelling_lets_what_runs_end_in_its_own_time_and_never_begins_the_rest()
    {
        Executor pool = Patient(workers: 2);
        Gate[] gates = [.. Enumerable.Range(0, 50).Select(_ => NewGate())];
        Task<int>[] tasks = [.. gates.Select((gate, i) => pool.RunAsync(Gated.AnswerInOwnTime, (gate, i)))];
        await Within.Until(() => gates.Count(gate => gate.HasBegun) == 2);
        Task closing = pool.CloseAsync(CloseMode.Cancel);
        foreach (Task<int> task in tasks.Skip(2))
            await Should.ThrowAsync<ObjectDisposedException>(() => task.Time());
        closing.IsCompleted.ShouldBeFalse();
        Array.ForEach(gates, gate => gate.Open());
        (await Task.WhenAll(tasks.Take(2)).Time()).ShouldBe([0, 1]);
        await closing.Time();
        gates.Count(gate => gate.HasBegun).ShouldBe(2);
    }

    [Fact]
    [Ported("cpython/test_shutdown/test_cancel_futures_wait_false")]
    public async Task Cancelling_that_nobody_awaits_ends_every_task_one_way_or_the_other()
    {
        Executor pool = New(workers: 2);
        Task<int> task = pool.RunAsync(Waiting.For, 20);
        Task closing = pool.CloseAsync(CloseMode.Cancel);
        await Task.WhenAny(task).Time();
        if (task.IsFaulted)
            task.Exception!.InnerException.ShouldBeOfType<ObjectDisposedException>();
        else
            (await task).ShouldBe(20);
        await closing.Time();
    }

    [Theory]
    [InlineData(CloseMode.Cancel)]
    [InlineData(CloseMode.Kill)]
    [Ported("cpython/test_process_pool/test_force_shutdown_workers")]
    public async Task Work_that_has_begun_does_not_end_after_it_was_stopped(CloseMode mode)
    {
        Executor pool = New(workers: 1);
        Gate gate = NewGate();
        Task<int> task = pool.RunAsync(Gated.AnswerPolitely, (gate, 1));
        await Within.Until(() => gate.HasBegun);
        await pool.CloseAsync(mode).Time();
        await Should.ThrowAsync<ObjectDisposedException>(() => task.Time());
        if (pool.Traits.Isolation == Isolation.Process)
            Processes.IsAlive(gate.Pid()).ShouldBeFalse();
    }

    [SkippableTheory]
    [InlineData(CloseMode.Cancel)]
    [InlineData(CloseMode.Kill)]
    [Ported("cpython/test_process_pool/test_force_shutdown_workers_dead_workers", Stronger = true)]
    public async Task Stopping_an_executor_whose_worker_is_dead_throws_nothing(CloseMode mode)
    {
        NeedsProcesses();
        Executor pool = New(workers: 1);
        await Should.ThrowAsync<WorkerLostException>(() => pool.RunAsync(Crashing.ExitNow, 1).Time());
        await pool.CloseAsync(mode).Time();
        pool.Snapshot().Workers.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(CloseMode.Cancel)]
    [InlineData(CloseMode.Kill)]
    [Ported("cpython/test_process_pool/test_force_shutdown_workers_not_started_yet")]
    public async Task Stopping_an_executor_that_never_started_a_worker_starts_none(CloseMode mode)
    {
        var log = new EventLog();
        Executor pool = New(new ExecutorOptions { Workers = 1, Observer = log });
        await pool.CloseAsync(mode).Time();
        log.Events.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(CloseMode.Cancel)]
    [InlineData(CloseMode.Kill)]
    [Ported("cpython/test_process_pool/test_force_shutdown_workers_stops_pool")]
    [Ported("pebble/test_process_pool/test_process_pool_stop_stopped")]
    public async Task A_stopped_executor_refuses_work_and_its_worker_is_gone(CloseMode mode)
    {
        Executor pool = New(workers: 1);
        int pid = await pool.RunAsync(Arithmetic.ProcessId, 0).Time();
        await pool.CloseAsync(mode).Time();
        Should.Throw<ObjectDisposedException>(() => { _ = pool.RunAsync(Arithmetic.AddOne, 0); });
        if (pool.Traits.Isolation == Isolation.Process)
            Processes.IsAlive(pid).ShouldBeFalse();
    }

    [Fact]
    [Ported("loky/test_reusable_executor/test_shutdown_kill")]
    public async Task Killing_takes_no_longer_than_seconds_and_fails_what_was_not_read()
    {
        Executor pool = New(workers: 5);
        (await pool.MapAsync(Enumerable.Repeat(1, 100), Waiting.For).ToList().Time()).Count.ShouldBe(100);
        await using IAsyncEnumerator<int> slow = pool.MapAsync(Enumerable.Repeat(60_000, 100), Waiting.For).GetAsyncEnumerator();
        Task<bool> waiting = slow.MoveNextAsync().AsTask();
        await Within.Until(() => pool.Snapshot() is { Running: 5 });
        long start = Stopwatch.GetTimestamp();
        await pool.CloseAsync(CloseMode.Kill).Time();
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(20)); // 5 there; the machine may be busy
        await Should.ThrowAsync<ObjectDisposedException>(() => waiting.Time());
    }

    [SkippableFact]
    [Ported("loky/test_reusable_executor/test_shutdown_deadlock", Stronger = true)]
    public async Task A_worker_that_kills_another_while_the_executor_drains_holds_up_nobody()
    {
        NeedsProcesses();
        Executor pool = New(workers: 2);
        HeldWorkers held = await HeldWorkers.Hold(pool, [NewGate(), NewGate()]);
        int victim = held.Pids[0];
        await held.DisposeAsync();
        Task<int> killer = pool.RunAsync(Neighbours.Kill, victim);
        await pool.CloseAsync().Time();
        killer.IsCompleted.ShouldBeTrue();
        pool.Snapshot().Workers.ShouldBeEmpty();
    }

    [Fact]
    [Ported("loky/test_reusable_executor/test_kill_workers_on_new_options")]
    public async Task Another_executor_works_while_one_is_killed_with_an_endless_task()
    {
        Executor old = New(workers: 2);
        string begun = NewFile();
        Task endless = old.RunAsync(Waiting.ForEver, begun);
        await Within.Until(() => File.Exists(begun));
        await using Executor other = New(workers: 2);
        Task killing = old.CloseAsync(CloseMode.Kill);
        (await other.RunAsync(Arithmetic.Echo, 42).Time()).ShouldBe(42);
        await killing.Time();
        await Should.ThrowAsync<ObjectDisposedException>(() => endless.Time());
    }

    [SkippableFact]
    [Ported("loky/_test_process_executor/test_shutdown_and_kill_workers")]
    public async Task Killing_an_executor_ends_the_executors_in_its_workers_three_levels_deep()
    {
        NeedsProcesses("Threads have no processes below them.");
        Executor pool = New(workers: 1);
        string noted = NewFile();
        Task task = pool.RunAsync(Nested.HoldDeep, (noted, 3));
        await Within.Until(() => Beginning.Noted(noted).Length == 3);
        long start = Stopwatch.GetTimestamp();
        await pool.CloseAsync(CloseMode.Kill).Time();
        await Within.Until(() => !Beginning.Noted(noted).Any(Processes.IsAlive));
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(20)); // 5 there; the machine may be busy
        await Should.ThrowAsync<ObjectDisposedException>(() => task.Time());
    }

    private Executor Patient(int workers) => New(new ExecutorOptions { Workers = workers, KillAfter = TimeSpan.FromMinutes(5) });
}

public sealed class StoppingOnThreads(SharedExecutor<OnThreads> shared) : Stopping<OnThreads>(shared);

public sealed class StoppingOnContexts(SharedExecutor<OnContexts> shared) : Stopping<OnContexts>(shared);

public sealed class StoppingOnProcesses(SharedExecutor<OnProcesses> shared) : Stopping<OnProcesses>(shared);

public sealed class StoppingOverPortableTransport(SharedExecutor<OverPortableTransport> shared) : Stopping<OverPortableTransport>(shared);
