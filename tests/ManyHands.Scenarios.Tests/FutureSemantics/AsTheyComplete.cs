using System.Runtime.CompilerServices;

namespace ManyHands.Scenarios.Tests.FutureSemantics;

/// <summary>Results as they come, and what is kept of them.</summary>
public abstract class AsTheyComplete<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    private static readonly Task<int> _succeeded = Task.FromResult(42);
    private static readonly Task<int> _failed = Task.FromException<int>(new IOException());
    private static readonly Task<int> _cancelled = Task.FromCanceled<int>(new CancellationToken(canceled: true));

    [Fact]
    [Ported("cpython/test_as_completed/test_no_timeout")]
    public async Task Each_task_comes_once_however_it_ended()
    {
        Task<int>[] tasks = [_cancelled, _failed, _succeeded, Pool.RunAsync(Arithmetic.Echo, 1), Pool.RunAsync(Arithmetic.Echo, 2)];
        List<Task<int>> came = await Task.WhenEach(tasks).ToList().Time();
        came.Count.ShouldBe(5);
        tasks.ShouldAllBe(task => came.Contains(task));
    }

    [Fact]
    [Ported("cpython/test_as_completed/test_future_times_out")]
    public async Task What_has_ended_comes_before_the_wait_for_the_rest_times_out()
    {
        Gate gate = NewGate();
        Task<int> running = Pool.RunAsync(Gated.Answer, (gate, 1));
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        var came = new HashSet<Task>();
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (Task<int> task in Task.WhenEach(_cancelled, _failed, _succeeded, running).WithCancellation(limit.Token))
                came.Add(task);
        });
        came.SetEquals([_cancelled, _failed, _succeeded]).ShouldBeTrue();
        gate.Open();
        (await running.Time()).ShouldBe(1);
    }

    [Fact]
    [Ported("cpython/test_as_completed/test_duplicate_futures")]
    public async Task One_task_may_be_asked_for_three_times()
    {
        Task<int> task = Pool.RunAsync(Waiting.For, 5);
        List<Task<int>> came = await Task.WhenEach(Enumerable.Repeat(task, 3)).ToList().Time();
        came.Distinct().ShouldBe([task]);
    }

    [Fact]
    [Ported("cpython/test_as_completed/test_free_reference_yielded_future")]
    public Task An_unordered_map_keeps_no_result_that_it_has_handed_out() =>
        KeepsNothing(Pool.MapUnorderedAsync(Enumerable.Range(0, 10), Numbers.Make, new MapOptions { MaxInFlight = 2 }));

    [Fact]
    [Ported("cpython/executor/test_free_reference")]
    public Task A_map_keeps_no_result_that_it_has_handed_out() => KeepsNothing(Pool.MapAsync(Enumerable.Range(0, 10), Numbers.Make));

    [Fact]
    [Ported("cpython/executor/test_no_stale_references")]
    public async Task An_executor_keeps_neither_argument_nor_result_of_a_task_that_has_ended()
    {
        (WeakReference argument, WeakReference result) = await Exchange();
        await Within.Until(() => IsCollected(argument) && IsCollected(result));
    }

    [Fact]
    [Ported("cpython/test_as_completed/test_correct_timeout_exception_msg")]
    public async Task The_error_says_how_many_ran_out_of_time()
    {
        await using Executor pool = New(workers: 2);
        Gate[] gates = [NewGate(), NewGate(), NewGate(), NewGate()];
        gates[0].Open();
        gates[1].Open();
        await (await HeldWorkers.Hold(pool, [NewGate(), NewGate()])).DisposeAsync(); // the first time takes longer
        var options = new MapOptions { OnFailure = OnFailure.Continue, Timeout = TimeSpan.FromSeconds(3) };
        var error = await Should.ThrowAsync<MapFailedException>(
            () => pool.MapAsync(gates.Select((gate, i) => (gate, i)), Gated.Answer, options).ToList().Time());
        error.Message.ShouldStartWith("2 items of the map failed");
        error.Failures.ShouldAllBe(failure => failure.Error is TaskTimeoutException);
    }

    private static async Task KeepsNothing(IAsyncEnumerable<Thing> map)
    {
        var earlier = new List<WeakReference>();
        await using IAsyncEnumerator<Thing> results = map.GetAsyncEnumerator();
        while (await results.MoveNextAsync())
        {
            await Within.Until(() => earlier.TrueForAll(IsCollected));
            earlier.Add(Weakly(results));
        }

        earlier.Count.ShouldBe(10);
        await Within.Until(() => earlier.TrueForAll(IsCollected));
    }

    // Not inlined, so that no hidden local of the caller holds on to the object.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Weakly(IAsyncEnumerator<Thing> results) => new(results.Current);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<(WeakReference Argument, WeakReference Result)> Exchange()
    {
        var argument = new Thing(1);
        Thing result = await Pool.RunAsync(Arithmetic.EchoAny<Thing>, argument).Time();
        return (new WeakReference(argument), new WeakReference(result));
    }

    private static bool IsCollected(WeakReference reference)
    {
        GC.Collect();
        return !reference.IsAlive;
    }
}

public sealed class AsTheyCompleteOnThreads(SharedExecutor<OnThreads> shared) : AsTheyComplete<OnThreads>(shared);

public sealed class AsTheyCompleteOnContexts(SharedExecutor<OnContexts> shared) : AsTheyComplete<OnContexts>(shared);

public sealed class AsTheyCompleteOnProcesses(SharedExecutor<OnProcesses> shared) : AsTheyComplete<OnProcesses>(shared);
