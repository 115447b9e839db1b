namespace ManyHands.Scenarios.Tests.FutureSemantics;

/// <summary>Waiting for the first, the first failure, or all of several tasks.</summary>
public abstract class WaitingForSeveral<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    private static readonly Task<int> _succeeded = Task.FromResult(42);
    private static readonly Task<int> _failed = Task.FromException<int>(new IOException());
    private static readonly Task<int> _cancelled = Task.FromCanceled<int>(new CancellationToken(canceled: true));

    [Fact]
    [Ported("cpython/test_wait/test_20369")]
    public async Task One_task_may_be_waited_for_twice()
    {
        Task<int> task = Pool.RunAsync(Arithmetic.Echo, 2);
        (await Task.WhenAll(task, task).Time()).ShouldBe([2, 2]);
    }

    [Fact]
    [Ported("cpython/test_wait/test_first_completed")]
    public async Task The_first_to_end_is_had_while_others_run_and_wait()
    {
        Gate gate = NewGate();
        Task<int> running = Pool.RunAsync(Gated.Answer, (gate, 1));
        Task<int> quick = Pool.RunAsync(Arithmetic.Echo, 42);
        (await Task.WhenAny(new TaskCompletionSource<int>().Task, quick, running).Time()).ShouldBeSameAs(quick);
        running.IsCompleted.ShouldBeFalse();
        gate.Open();
        await running.Time();
    }

    [Fact]
    [Ported("cpython/test_wait/test_first_completed_some_already_completed")]
    public async Task What_has_ended_already_is_the_first()
    {
        Gate gate = NewGate();
        Task<int> running = Pool.RunAsync(Gated.Answer, (gate, 1));
        Task<Task<int>> first = Task.WhenAny(_cancelled, _succeeded, running);
        first.IsCompleted.ShouldBeTrue();
        (await first).ShouldNotBeSameAs(running);
        gate.Open();
        await running.Time();
    }

    [Fact]
    [Ported("cpython/test_wait/test_first_exception")]
    public async Task Waiting_ends_with_the_first_failure()
    {
        Gate failing = NewGate(), running = NewGate();
        Task<int>[] tasks = [Pool.RunAsync(Arithmetic.Echo, 42), Pool.RunAsync(Gated.Fail, (failing, "no")), Pool.RunAsync(Gated.Answer, (running, 1))];
        Task<HashSet<Task>> waiting = UntilAFailure(tasks);
        await tasks[0].Time();
        failing.Open();
        (await waiting.Time()).SetEquals([tasks[0], tasks[1]]).ShouldBeTrue();
        running.Open();
        await tasks[2].Time();
    }

    [Fact]
    [Ported("cpython/test_wait/test_first_exception_some_already_complete")]
    public async Task Waiting_for_a_failure_passes_over_results_and_cancellations()
    {
        Gate gate = NewGate();
        Task<int> failing = Pool.RunAsync(Arithmetic.Divide, (21, 0)), running = Pool.RunAsync(Gated.Answer, (gate, 1));
        HashSet<Task> ended = await UntilAFailure(_succeeded, _cancelled, failing, running).Time();
        ended.SetEquals([_succeeded, _cancelled, failing]).ShouldBeTrue();
        gate.Open();
        await running.Time();
    }

    [Fact]
    [Ported("cpython/test_wait/test_first_exception_one_already_failed")]
    public async Task A_failure_that_is_there_already_ends_the_wait_at_once()
    {
        Gate gate = NewGate();
        Task<int> running = Pool.RunAsync(Gated.Answer, (gate, 1));
        (await UntilAFailure(_failed, running).Time()).ShouldBe([_failed]);
        gate.Open();
        await running.Time();
    }

    [Fact]
    [Ported("cpython/test_wait/test_all_completed")]
    public async Task Waiting_for_all_waits_for_failures_too()
    {
        Task<int> failing = Pool.RunAsync(Arithmetic.Divide, (2, 0)), succeeding = Pool.RunAsync(Arithmetic.Echo, 42);
        Task all = Task.WhenAll(_succeeded, _cancelled, _failed, failing, succeeding);
        await Task.WhenAny(all).Time();
        failing.IsFaulted.ShouldBeTrue();
        (await succeeding).ShouldBe(42);
        all.Exception!.InnerExceptions.Select(error => error.GetType()).ShouldBe([typeof(IOException), typeof(DivideByZeroException)]);
    }

    [Fact]
    [Ported("cpython/test_wait/test_timeout")]
    public async Task A_wait_with_a_limit_ends_at_it_and_leaves_the_task_alone()
    {
        Gate gate = NewGate();
        Task<int> running = Pool.RunAsync(Gated.Answer, (gate, 1));
        await Should.ThrowAsync<TimeoutException>(() => Task.WhenAll(_succeeded, running).WaitAsync(TimeSpan.FromMilliseconds(50)));
        running.IsCompleted.ShouldBeFalse();
        gate.Open();
        (await running.Time()).ShouldBe(1);
    }

    [Fact]
    [Ported("cpython/test_wait/test_pending_calls_race")]
    public async Task A_hundred_tasks_that_end_at_once_are_all_waited_for()
    {
        string gate = NewFile();
        Task<int>[] tasks = [.. Enumerable.Range(0, 100).Select(number => Pool.RunAsync(Gated.Answer, (new Gate(NewFile(), gate), number)))];
        new Gate(NewFile(), gate).Open();
        (await Task.WhenAll(tasks).Time()).ShouldBe(Enumerable.Range(0, 100));
    }

    /// <summary>Waits until one has failed, or all have ended.</summary>
    private static async Task<HashSet<Task>> UntilAFailure(params Task<int>[] tasks)
    {
        var ended = new HashSet<Task>();
        await foreach (Task<int> task in Task.WhenEach(tasks))
        {
            ended.Add(task);
            if (task.IsFaulted)
                break;
        }

        return ended;
    }
}

public sealed class WaitingForSeveralOnThreads(SharedExecutor<OnThreads> shared) : WaitingForSeveral<OnThreads>(shared);

public sealed class WaitingForSeveralOnContexts(SharedExecutor<OnContexts> shared) : WaitingForSeveral<OnContexts>(shared);

public sealed class WaitingForSeveralOnProcesses(SharedExecutor<OnProcesses> shared) : WaitingForSeveral<OnProcesses>(shared);
