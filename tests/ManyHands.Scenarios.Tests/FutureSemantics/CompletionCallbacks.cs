namespace ManyHands.Scenarios.Tests.FutureSemantics;

/// <summary>Continuations of a task: before and after its end, and when they throw.</summary>
public abstract class CompletionCallbacks<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    [Fact]
    [Ported("cpython/test_future/test_done_callback_with_result")]
    public async Task A_continuation_is_given_the_result()
    {
        Gate gate = NewGate();
        Future<int> future = await Pool.SubmitAsync(Gated.Answer, (gate, 5));
        Task<int> heard = future.Task.ContinueWith(done => done.Result, TaskScheduler.Default);
        gate.Open();
        (await heard.Time()).ShouldBe(5);
    }

    [Fact]
    [Ported("cpython/test_future/test_done_callback_with_exception")]
    public async Task A_continuation_is_given_the_error()
    {
        Gate gate = NewGate();
        Future<int> future = await Pool.SubmitAsync(Gated.Fail, (gate, "test"));
        Task<Exception?> heard = future.Task.ContinueWith(done => done.Exception?.InnerException, TaskScheduler.Default);
        gate.Open();
        (await heard.Time()).ShouldBeOfType<InvalidOperationException>().Message.ShouldBe("test");
    }

    [Fact]
    [Ported("cpython/test_future/test_done_callback_with_cancel")]
    public async Task A_continuation_hears_that_a_queued_task_was_cancelled()
    {
        await using HeldWorkers held = await HoldWorkers();
        Future<int> future = await Pool.SubmitAsync(Arithmetic.AddOne, 1);
        Task<bool> heard = future.Task.ContinueWith(done => done.IsCanceled, TaskScheduler.Default);
        future.Cancel();
        (await heard.Time()).ShouldBeTrue();
    }

    [Fact]
    [Ported("cpython/test_future/test_done_callback_raises")]
    public async Task A_continuation_that_throws_does_not_stop_the_others()
    {
        Gate gate = NewGate();
        Future<int> future = await Pool.SubmitAsync(Gated.Answer, (gate, 5));
        Task throwing = future.Task.ContinueWith(_ => throw new FormatException("doh"), TaskContinuationOptions.ExecuteSynchronously);
        Task<int> heard = future.Task.ContinueWith(done => done.Result, TaskContinuationOptions.ExecuteSynchronously);
        gate.Open();
        (await heard.Time()).ShouldBe(5);
        (await Should.ThrowAsync<FormatException>(() => throwing.Time())).Message.ShouldBe("doh"); // said where it belongs
    }

    [Fact]
    [Ported("cpython/test_future/test_done_callback_already_successful")]
    public async Task A_continuation_that_comes_after_the_result_is_given_it_too()
    {
        Future<int> future = await Pool.SubmitAsync(Arithmetic.AddOne, 4);
        await future.Task.Time();
        (await future.Task.ContinueWith(done => done.Result, TaskScheduler.Default).Time()).ShouldBe(5);
    }

    [Fact]
    [Ported("cpython/test_future/test_done_callback_already_failed")]
    public async Task A_continuation_that_comes_after_the_error_is_given_it_too()
    {
        Future<int> future = await Pool.SubmitAsync(Failing.Throw, "test");
        await Should.ThrowAsync<InvalidOperationException>(() => future.Task.Time());
        (await future.Task.ContinueWith(done => done.Exception!.InnerException!.Message, TaskScheduler.Default).Time()).ShouldBe("test");
    }

    [Fact]
    [Ported("cpython/test_future/test_done_callback_already_cancelled")]
    public async Task A_continuation_that_comes_after_the_cancellation_hears_of_it_too()
    {
        await using HeldWorkers held = await HoldWorkers();
        Future<int> future = await Pool.SubmitAsync(Arithmetic.AddOne, 1);
        future.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => future.Task.Time());
        (await future.Task.ContinueWith(done => done.IsCanceled, TaskScheduler.Default).Time()).ShouldBeTrue();
    }

    [Fact]
    [Ported("cpython/test_future/test_done_callback_raises_already_succeeded")]
    public async Task A_throwing_continuation_that_comes_late_throws_nothing_at_who_adds_it()
    {
        Future<int> future = await Pool.SubmitAsync(Arithmetic.AddOne, 4);
        await future.Task.Time();
        Task throwing = future.Task.ContinueWith(_ => throw new FormatException("doh"), TaskContinuationOptions.ExecuteSynchronously);
        await Should.ThrowAsync<FormatException>(() => throwing.Time());
        future.State.ShouldBe(FutureState.Succeeded);
    }

    [Fact]
    [Ported("loky/test_reusable_executor/test_callback_crash_on_submit")]
    [Fault(42)]
    public async Task Continuations_that_throw_or_block_leave_the_pool_unharmed()
    {
        using var release = new ManualResetEventSlim();
        Task[] throwing = [.. Enumerable.Range(0, 10).Select(number => Pool.RunAsync(Arithmetic.AddOne, number)
            .ContinueWith(_ => throw new FormatException("doh"), TaskContinuationOptions.ExecuteSynchronously))];
        Task[] blocking = [.. Enumerable.Range(0, 4).Select(number => Pool.RunAsync(Arithmetic.AddOne, number)
            .ContinueWith(_ => release.Wait(Within.Limit), TaskContinuationOptions.ExecuteSynchronously))];
        (await Task.Run(() => Pool.RunAsync(Arithmetic.AddOne, 41)).Time()).ShouldBe(42);
        release.Set();
        await Task.WhenAll(blocking).Time();
        foreach (Task task in throwing)
            await Should.ThrowAsync<FormatException>(() => task.Time());
    }
}

public sealed class CompletionCallbacksOnThreads(SharedExecutor<OnThreads> shared) : CompletionCallbacks<OnThreads>(shared);

public sealed class CompletionCallbacksOnContexts(SharedExecutor<OnContexts> shared) : CompletionCallbacks<OnContexts>(shared);

public sealed class CompletionCallbacksOnProcesses(SharedExecutor<OnProcesses> shared) : CompletionCallbacks<OnProcesses>(shared);
