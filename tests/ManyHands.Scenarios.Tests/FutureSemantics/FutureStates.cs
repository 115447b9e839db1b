namespace ManyHands.Scenarios.Tests.FutureSemantics;

/// <summary>What a future says and does in each of its states.</summary>
public abstract class FutureStates<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    [Fact]
    [Ported("cpython/test_future/test_cancel")]
    public async Task Cancelling_ends_what_has_not_ended_and_changes_nothing_else()
    {
        await using OneInEachState one = await Each();
        foreach (Future<int> future in one.All)
            future.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => one.Queued.Task.Time());
        await Should.ThrowAsync<OperationCanceledException>(() => one.Running.Task.Time()); // there a running one cannot be cancelled
        one.All.Select(future => future.State).ShouldBe(
            [FutureState.Cancelled, FutureState.Cancelled, FutureState.Cancelled, FutureState.Failed, FutureState.Succeeded]);
    }

    [Fact]
    [Ported("cpython/test_future/test_cancelled")]
    public async Task Only_a_cancelled_one_says_that_it_was_cancelled()
    {
        await using OneInEachState one = await Each();
        one.All.Where(future => future.State == FutureState.Cancelled).ShouldBe([one.Cancelled]);
        one.All.Where(future => future.Task.IsCanceled).ShouldBe([one.Cancelled]);
    }

    [Fact]
    [Ported("cpython/test_future/test_done")]
    public async Task Those_that_ended_in_any_way_are_done()
    {
        await using OneInEachState one = await Each();
        one.All.Where(future => future.Task.IsCompleted).ShouldBe([one.Cancelled, one.Failed, one.Succeeded]);
        one.All.Where(future => future.State >= FutureState.Succeeded).ShouldBe([one.Cancelled, one.Failed, one.Succeeded]);
    }

    [Fact]
    [Ported("cpython/test_future/test_running")]
    public async Task Only_a_running_one_says_that_it_runs()
    {
        await using OneInEachState one = await Each();
        one.All.Where(future => future.State == FutureState.Running).ShouldBe([one.Running]);
        one.All.Where(future => future.State == FutureState.Queued).ShouldBe([one.Queued]);
    }

    [Fact]
    [Ported("cpython/test_future/test_result_with_timeout")]
    public async Task Waiting_no_time_for_a_result_gives_what_is_there()
    {
        await using OneInEachState one = await Each();
        await Should.ThrowAsync<TimeoutException>(() => one.Queued.Task.WaitAsync(TimeSpan.Zero));
        await Should.ThrowAsync<TimeoutException>(() => one.Running.Task.WaitAsync(TimeSpan.Zero));
        await Should.ThrowAsync<OperationCanceledException>(() => one.Cancelled.Task.WaitAsync(TimeSpan.Zero));
        await Should.ThrowAsync<InvalidOperationException>(() => one.Failed.Task.WaitAsync(TimeSpan.Zero));
        (await one.Succeeded.Task.WaitAsync(TimeSpan.Zero)).ShouldBe(42);
        one.Running.State.ShouldBe(FutureState.Running); // giving up the wait does not give up the task
    }

    [Fact]
    [Ported("cpython/test_future/test_result_with_success")]
    public async Task Who_waits_already_gets_the_result_when_it_comes()
    {
        Gate gate = NewGate();
        Future<int> future = await Pool.SubmitAsync(Gated.Answer, (gate, 42));
        Task<int> waiting = BlockFor(future);
        await Within.Until(() => gate.HasBegun);
        gate.Open();
        (await waiting.Time()).ShouldBe(42);
    }

    [Fact]
    [Ported("cpython/test_future/test_result_with_cancel")]
    public async Task Who_waits_already_hears_of_the_cancellation()
    {
        await using HeldWorkers held = await HoldWorkers();
        Future<int> future = await Pool.SubmitAsync(Arithmetic.AddOne, 1);
        Task<int> waiting = BlockFor(future);
        future.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting.Time());
    }

    [Fact]
    [Ported("cpython/test_future/test_exception_with_timeout")]
    public async Task Asking_for_the_error_without_waiting_gives_what_is_there()
    {
        await using OneInEachState one = await Each();
        one.Queued.Task.Exception.ShouldBeNull();
        one.Running.Task.Exception.ShouldBeNull();
        one.Cancelled.Task.Exception.ShouldBeNull();
        one.Succeeded.Task.Exception.ShouldBeNull();
        one.Failed.Task.Exception!.InnerExceptions.Single().ShouldBeOfType<InvalidOperationException>();
    }

    [Fact]
    [Ported("cpython/test_future/test_exception_with_success")]
    public async Task Who_waits_already_gets_the_error_when_it_comes()
    {
        Gate gate = NewGate();
        Future<int> future = await Pool.SubmitAsync(Gated.Fail, (gate, "late"));
        Task<int> waiting = BlockFor(future);
        await Within.Until(() => gate.HasBegun);
        gate.Open();
        (await Should.ThrowAsync<InvalidOperationException>(() => waiting.Time())).Message.ShouldBe("late");
    }

    [Fact]
    [Ported("cpython/test_future/test_multiple_set_result")]
    public async Task A_result_stays_whatever_comes_after_it()
    {
        await using Executor pool = New(workers: 1);
        Future<int> future = await pool.SubmitAsync(Arithmetic.AddOne, 0);
        (await future.Task.Time()).ShouldBe(1);
        future.Cancel();
        await pool.CloseAsync(CloseMode.Kill).Time();
        future.State.ShouldBe(FutureState.Succeeded);
        (await future.Task).ShouldBe(1);
        pool.Snapshot().ShouldSatisfyAllConditions(then => then.Succeeded.ShouldBe(1), then => then.Cancelled.ShouldBe(0), then => then.Failed.ShouldBe(0));
    }

    [Fact]
    [Ported("cpython/test_future/test_multiple_set_exception")]
    public async Task An_error_stays_whatever_comes_after_it()
    {
        await using Executor pool = New(workers: 1);
        Future<int> future = await pool.SubmitAsync(Failing.Throw, "first");
        var error = await Should.ThrowAsync<InvalidOperationException>(() => future.Task.Time());
        future.Cancel();
        await pool.CloseAsync(CloseMode.Kill).Time();
        future.State.ShouldBe(FutureState.Failed);
        future.Task.Exception!.InnerException.ShouldBeSameAs(error);
        pool.Snapshot().Failed.ShouldBe(1);
    }

    [Fact]
    [Ported("cpython/test_future/test_get_snapshot")]
    public async Task Many_threads_that_look_at_a_future_see_the_same_and_never_an_earlier_state()
    {
        Gate gate = NewGate();
        Future<int> future = await Pool.SubmitAsync(Gated.Answer, (gate, 100));
        Task<FutureState[]>[] lookers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, 1000).Select(_ => future.State).ToArray()))];
        await Within.Until(() => gate.HasBegun);
        gate.Open();
        await future.Task.Time();
        foreach (FutureState[] seen in await Task.WhenAll(lookers).Time())
            seen.ShouldBe(seen.Order());
        (FutureState, int)[] afterwards = [.. Enumerable.Range(0, 4000).AsParallel().Select(_ => (future.State, future.Task.Result))];
        afterwards.Distinct().ShouldBe([(FutureState.Succeeded, 100)]);
    }

    private Task<OneInEachState> Each() => OneInEachState.Make(New(new ExecutorOptions { Workers = 1, KillAfter = TimeSpan.FromMinutes(1) }), NewGate());

    /// <summary>A thread that waits for the result, as old code does.</summary>
    private static Task<int> BlockFor(Future<int> future) => Task.Factory.StartNew(
        () => future.Task.GetAwaiter().GetResult(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}

public sealed class FutureStatesOnThreads(SharedExecutor<OnThreads> shared) : FutureStates<OnThreads>(shared);

public sealed class FutureStatesOnContexts(SharedExecutor<OnContexts> shared) : FutureStates<OnContexts>(shared);

public sealed class FutureStatesOnProcesses(SharedExecutor<OnProcesses> shared) : FutureStates<OnProcesses>(shared);
