using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests;

/// <summary>Every way a worker can end: the named error for the one task it was running, every other result, and the pool back at its size.</summary>
public abstract partial class WorkerFaults<TFixture> : IDisposable
    where TFixture : ProcessFixture, new()
{
    private readonly Files _files = new();
    private readonly TFixture _fixture = new();

    [Fact, Fault(1)]
    public Task A_task_that_kills_its_process_loses_its_worker_to_a_signal() =>
        Lost(pool => pool.RunAsync(Crashing.Kill, 0), WorkerLossCause.Killed, signal: 9);

    [Fact, Fault(2)]
    public Task A_native_fault_is_a_crash() => Lost(pool => pool.RunAsync(Crashing.Fault, 0), WorkerLossCause.Crashed);

    [Fact, Fault(3)]
    public Task A_fault_in_managed_code_is_a_crash() => Lost(pool => pool.RunAsync(Crashing.ManagedFault, 0), WorkerLossCause.Crashed, signal: 6);

    [Fact, Fault(3)]
    public Task Abort_is_a_crash() => Lost(pool => pool.RunAsync(Crashing.Abort, 0), WorkerLossCause.Crashed, signal: 6);

    [Fact, Fault(3)]
    public Task Fail_fast_is_told_apart_and_its_message_is_in_the_error() =>
        Lost(pool => pool.RunAsync(Crashing.FailFast, "the reactor is open"), WorkerLossCause.FailFast, text: "the reactor is open");

    [Fact, Fault(3)]
    public Task Fail_fast_on_another_thread_too() =>
        Lost(pool => pool.RunAsync(Crashing.FailFastElsewhere, "elsewhere"), WorkerLossCause.FailFast, text: "elsewhere");

    [Fact, Fault(3)]
    public Task An_unhandled_exception_on_another_thread_is_a_crash_that_names_it() =>
        Lost(pool => pool.RunAsync(Crashing.Unhandled, "nobody catches this"), WorkerLossCause.Crashed, text: "nobody catches this");

    [Fact, Fault(3)]
    public Task An_async_void_exception_is_a_crash() => Lost(pool => pool.RunAsync(Crashing.ThrowAsyncVoid, 0), WorkerLossCause.Crashed, text: "async void");

    [Fact, Fault(4)]
    public Task A_stack_overflow_is_named() => Lost(pool => pool.RunAsync(Crashing.Overflow, 0), WorkerLossCause.StackOverflow, text: "Stack overflow.");

    [Fact, Fault(4)]
    public Task A_stack_overflow_on_another_thread_is_named() =>
        Lost(pool => pool.RunAsync(Crashing.OverflowElsewhere, 0), WorkerLossCause.StackOverflow, text: "Stack overflow.");

    [Theory, Fault(5)]
    [InlineData(0)]
    [InlineData(3)]
    public async Task An_exit_is_never_a_success(int code)
    {
        await Lost(pool => pool.RunAsync(Crashing.ExitNow, code), WorkerLossCause.Exited, exitCode: code);
        await Lost(pool => pool.RunAsync(Crashing.Exit, code), WorkerLossCause.Exited, exitCode: code);
    }

    [Fact]
    public Task The_last_lines_of_a_dead_workers_error_output_are_in_the_error() =>
        Lost(pool => pool.RunAsync(Crashing.PrintThenExit, ("the disk is made of cheese", 7)), WorkerLossCause.Exited, exitCode: 7, text: "the disk is made of cheese");

    [Fact, Fault(44)]
    public async Task Only_the_executing_task_is_blamed_and_those_behind_it_run_elsewhere_once()
    {
        string ledger = _files.New();
        await using Executor pool = New(workers: 1);
        await pool.ForEachAsync(Enumerable.Range(0, 2000), Arithmetic.Nothing).Time(); // tiny tasks: items lie ready in the lane from now on
        Task<int>[] before = [.. Enumerable.Range(0, 100).Select(number => pool.RunAsync(Ledger.Write, (ledger, number)))];
        Task<int> killer = pool.RunAsync(Ledger.KillSelf, (ledger, 100));
        Task<int>[] after = [.. Enumerable.Range(101, 100).Select(number => pool.RunAsync(Ledger.Write, (ledger, number)))];
        (await Should.ThrowAsync<WorkerLostException>(() => killer.Time())).TaskState.ShouldBe(LostTaskState.Started);
        (await Task.WhenAll(before).Time()).ShouldBe(Enumerable.Range(0, 100));
        (await Task.WhenAll(after).Time()).ShouldBe(Enumerable.Range(101, 100));
        string[] begun = [.. (await File.ReadAllLinesAsync(ledger)).Where(line => line.StartsWith("begin", StringComparison.Ordinal)).Select(line => line.Split(' ')[1])];
        begun.Length.ShouldBe(201);
        begun.Distinct().Count().ShouldBe(201);
        pool.Snapshot().WorkersLost.ShouldBe(1);
    }

    [Fact, Fault(44)]
    public async Task An_item_that_kills_its_worker_costs_a_map_only_itself()
    {
        await using Executor pool = New(workers: 2);
        var results = new List<int>();
        var error = await Should.ThrowAsync<MapFailedException>(async () =>
        {
            await foreach (int result in pool.MapAsync(Enumerable.Range(0, 6000), KillAt, new MapOptions { OnFailure = OnFailure.Continue }))
                results.Add(result);
        });
        error.Failures.Select(failure => failure.Index).ShouldBe([1234, 4321]);
        error.Failures.ShouldAllBe(failure => failure.Error is WorkerLostException);
        results.ShouldBe(Enumerable.Range(0, 6000).Where(number => number is not (1234 or 4321)));
    }

    [Fact]
    public async Task Results_that_a_worker_had_sent_before_it_died_count_although_they_are_read_later()
    {
        var holdUp = new HoldUp();
        await using Executor pool = _fixture.Create(new ExecutorOptions { Workers = 1, Observer = holdUp });
        int pid = await pool.RunAsync(Arithmetic.ProcessId, 0).Time();
        await pool.MapAsync(Enumerable.Range(1000, 2000), KillAtTen).ToList().Time(); // tiny tasks: items lie ready in the lane from now on
        holdUp.Until(() => !Signals.IsAlive(pid));
        Task<int>[] tasks = [.. Enumerable.Range(0, 100).Select(number => pool.RunAsync(KillAtTen, number))];
        await Should.ThrowAsync<WorkerLostException>(() => tasks[10].Time());
        for (int i = 0; i < tasks.Length; i++)
        {
            if (i != 10)
                (await tasks[i].Time()).ShouldBe(i);
        }
    }

    [Fact, Fault(45)]
    public async Task A_lost_task_is_run_again_only_where_its_submission_allows_it()
    {
        await using Executor pool = New(workers: 1);
        string once = _files.New(), thrice = _files.New();
        await Should.ThrowAsync<WorkerLostException>(() => pool.RunAsync(Crashing.KillUntil, (once, 3)).Time());
        new FileInfo(once).Length.ShouldBe(1);
        var again = new SubmitOptions { Idempotent = true, Retry = new() };
        (await pool.RunAsync(Crashing.KillUntil, (thrice, 3), again).Time()).ShouldBe(3);
        pool.Snapshot().WorkersLost.ShouldBe(3);
    }

    [Fact, Fault(43)]
    public async Task A_task_that_always_kills_its_worker_fails_by_name_after_three_and_others_go_on()
    {
        await using Executor pool = New(workers: 2);
        var again = new SubmitOptions { Idempotent = true, Retry = new(), Name = "poison" };
        Task poison = pool.RunAsync(Crashing.Kill, 0, again);
        Task<int>[] others = [.. Enumerable.Range(0, 200).Select(number => pool.RunAsync(Arithmetic.AddOne, number))];
        var error = await Should.ThrowAsync<WorkerLostException>(() => poison.Time());
        error.Attempt.ShouldBe(3);
        error.Message.ShouldContain("poison");
        (await Task.WhenAll(others).Time()).ShouldBe(Enumerable.Range(1, 200));
        pool.Snapshot().WorkersLost.ShouldBe(3);
    }

    [Fact, Fault(33)]
    public async Task A_loss_and_a_timeout_are_noticed_although_the_callers_thread_pool_is_starved()
    {
        await using Executor pool = New(workers: 2);
        string begun = _files.New(), late = _files.New();
        Task lost = pool.RunAsync(Waiting.ForEver, begun);
        await Within.Until(() => File.Exists(begun));
        int pid = int.Parse(await File.ReadAllTextAsync(begun), System.Globalization.CultureInfo.InvariantCulture);
        using WaitHandle lostEnds = ((IAsyncResult)lost).AsyncWaitHandle;
        var release = new ManualResetEventSlim(); // not disposed: those it lets go may still be on their way
        Task? timedOut = null;
        bool bothSeen = false;
        var observer = new Thread(() =>
        {
            for (int i = 0; i < 64; i++)
                ThreadPool.UnsafeQueueUserWorkItem(_ => release.Wait(), null);
            timedOut = pool.RunAsync(Waiting.ForEver, late, new SubmitOptions { Timeout = TimeSpan.FromMilliseconds(100) });
            Signals.Kill(pid);
            bothSeen = lostEnds.WaitOne(TimeSpan.FromSeconds(20)) && ((IAsyncResult)timedOut).AsyncWaitHandle.WaitOne(TimeSpan.FromSeconds(20));
        });
        observer.Start();
        observer.Join();
        release.Set();
        bothSeen.ShouldBeTrue();
        await Should.ThrowAsync<WorkerLostException>(() => lost.Time());
        await Should.ThrowAsync<TaskTimeoutException>(() => timedOut!.Time());
    }

    [Fact, Fault(15)]
    public async Task Work_that_burns_a_core_for_ever_is_killed_at_its_deadline_and_the_worker_replaced()
    {
        await using Executor pool = New(workers: 1);
        var options = new SubmitOptions { Timeout = TimeSpan.FromMilliseconds(300) };
        int pid = await pool.RunAsync(Arithmetic.ProcessId, 0).Time();
        await Should.ThrowAsync<TaskTimeoutException>(() => pool.RunAsync(Waiting.Loop, _files.New(), options).Time());
        (await pool.RunAsync(Arithmetic.ProcessId, 0).Time()).ShouldNotBe(pid);
        pool.Snapshot().WorkersKilled.ShouldBe(1);
        await Within.Until(() => !Signals.IsAlive(pid));
    }

    [Fact, Fault(46)]
    public async Task Large_arguments_to_a_worker_that_dies_and_large_results_do_not_deadlock()
    {
        await using Executor pool = New(workers: 2);
        byte[] big = new byte[10_000_000];
        Task<byte[]>[] echoes = [.. Enumerable.Range(0, 6).Select(_ => pool.RunAsync(Arithmetic.EchoBytes, big))];
        Task[] deaths = [.. Enumerable.Range(0, 4).Select(_ => pool.RunAsync(DieOf, big))];
        foreach (Task<byte[]> echo in echoes)
            (await echo.Time()).Length.ShouldBe(big.Length);
        foreach (Task death in deaths)
            await Should.ThrowAsync<WorkerLostException>(() => death.Time());
    }

    [Fact, Fault(46)]
    public async Task A_worker_that_does_not_read_blocks_neither_the_submitter_nor_its_neighbours()
    {
        await using Executor pool = New(workers: 2);
        int first = await pool.RunAsync(Arithmetic.ProcessId, 0).Time();
        Signals.Stop(first);
        try
        {
            byte[] big = new byte[20_000_000];
            Task<byte[]>[] echoes = [.. Enumerable.Range(0, 3).Select(_ => pool.RunAsync(Arithmetic.EchoBytes, big))];
            await Task.WhenAny(echoes).Time(); // the other worker goes on
            Signals.Kill(first);
            Task<byte[]> all = await Task.WhenAny(Task.WhenAll(echoes).ContinueWith(_ => Array.Empty<byte>(), TaskScheduler.Default)).Time();
            echoes.Count(echo => echo.IsCompletedSuccessfully).ShouldBe(3); // the stopped one had begun nothing
        }
        finally
        {
            Signals.Kill(first);
        }
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _files.Dispose();
    }

    private static int KillAt(int number)
    {
        if (number is 1234 or 4321)
            Crashing.Kill(number);
        return number;
    }

    private static int KillAtTen(int number)
    {
        if (number == 10)
            Crashing.Kill(number);
        return number;
    }

    private static void DieOf(byte[] bytes) => Crashing.ExitNow(bytes.Length % 2);

    private Executor New(int workers) => _fixture.Create(new ExecutorOptions { Workers = workers, KillAfter = TimeSpan.FromMilliseconds(100) });

    private async Task Lost(
        Func<Executor, Task> submit, WorkerLossCause cause, int? signal = null, int? exitCode = null, string? text = null)
    {
        await using Executor pool = New(workers: 2);
        Task<int>[] neighbours = [.. Enumerable.Range(0, 30).Select(number => pool.RunAsync(Waiting.For, 1 + (number % 3)))];
        Task victim = submit(pool);
        Task<int>[] more = [.. Enumerable.Range(0, 30).Select(number => pool.RunAsync(Arithmetic.AddOne, number))];
        var error = await Should.ThrowAsync<WorkerLostException>(() => victim.Time());
        error.Cause.ShouldBe(cause, error.Message);
        error.TaskState.ShouldBe(LostTaskState.Started);
        error.Attempt.ShouldBe(1);
        Signals.IsAlive(error.Pid).ShouldBeFalse();
        if (signal is not null)
            error.Signal.ShouldBe(signal);
        if (exitCode is not null)
            error.ExitCode.ShouldBe(exitCode);
        if (text is not null)
        {
            error.Message.ShouldContain(cause is WorkerLossCause.StackOverflow ? "tack" : text);
            string.Join('\n', error.LastLines).ShouldContain(text);
        }

        (await Task.WhenAll(more).Time()).ShouldBe(Enumerable.Range(1, 30));
        await Task.WhenAll(neighbours).Time();
        await Within.Until(() => pool.Snapshot().Workers.Count(worker => worker.State is WorkerState.Idle) == 2);
        pool.Snapshot().WorkersLost.ShouldBe(1);
    }
}

/// <summary>Holds up whoever reports the second end from now on, until something is so and a little longer.</summary>
internal sealed class HoldUp : ExecutorObserver
{
    private Func<bool>? _until;
    private int _ends;

    public void Until(Func<bool> condition) => (_ends, _until) = (0, condition);

    public override void Observe(ExecutorEvent executorEvent)
    {
        if (executorEvent is not TaskEnded || _until is null || Interlocked.Increment(ref _ends) != 2)
            return;
        using var never = new ManualResetEvent(initialState: false);
        for (int i = 0; i < 2000 && !_until(); i++)
            never.WaitOne(5);
        never.WaitOne(300);
    }
}

public sealed class WorkerFaultsAreSurvived : WorkerFaults<ProcessFixture>;

public sealed class WorkerFaultsAreSurvivedOverThePortableTransport : WorkerFaults<PortableProcessFixture>;
