namespace ManyHands.Scenarios.Tests.ApiScenarios;

/// <summary>Maps: order, failures, limits in time and number, inputs that end early.</summary>
public abstract class Mapping<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    [Fact]
    [Ported("cpython/executor/test_map")]
    public async Task A_map_gives_what_a_loop_gives()
    {
        (int, int)[] powers = [.. Enumerable.Range(0, 10).Select(number => (number, number))];
        long[] expected = [.. powers.Select(Numbers.Power)];
        (await Pool.MapAsync(powers, Numbers.Power).ToList().Time()).ShouldBe(expected);
        (await Pool.MapAsync(powers, Numbers.Power, new MapOptions { MaxInFlight = 3 }).ToList().Time()).ShouldBe(expected);
    }

    [Fact]
    [Ported("cpython/executor/test_map_exception")]
    public async Task The_results_before_a_failure_come_before_it()
    {
        (int, int)[] divisions = [(1, 2), (1, 3), (1, 0), (1, 5)];
        var results = new List<int>();
        await Should.ThrowAsync<DivideByZeroException>(async () =>
        {
            // With more in flight the failure may overtake them: it stops the map as soon as it is known.
            await foreach (int result in Pool.MapAsync(divisions, Numbers.Divide, new MapOptions { MaxInFlight = 1 }))
                results.Add(result);
        });
        results.ShouldBe([0, 0]);
    }

    [Fact]
    [Ported("cpython/executor/test_map_timeout")]
    public async Task The_results_before_a_timeout_come_before_it()
    {
        await using Executor pool = New(workers: 2);
        Gate[] gates = [NewGate(), NewGate(), NewGate()];
        gates[0].Open();
        gates[1].Open();
        await pool.RunAsync(Gated.Answer, (gates[0], 0)).Time(); // the first time takes longer
        var results = new List<int>();
        await Should.ThrowAsync<TaskTimeoutException>(async () =>
        {
            var options = new MapOptions { Timeout = TimeSpan.FromSeconds(3), MaxInFlight = 1 };
            await foreach (int result in pool.MapAsync(gates.Select((gate, i) => (gate, i)), Gated.Answer, options))
                results.Add(result);
        });
        results.ShouldBe([0, 1]);
    }

    [Fact]
    [Ported("cpython/executor/test_shutdown_race_issue12456")]
    public async Task An_executor_closes_right_after_a_map_with_more_items_than_workers()
    {
        for (int i = 0; i < 10; i++)
        {
            Executor pool = New(workers: 2);
            Task<List<int>> map = pool.MapAsync(Enumerable.Repeat(2, 3), Arithmetic.AddOne).ToList();
            await pool.CloseAsync().Time();
            (await map.Time()).ShouldBe([3, 3, 3]);
        }
    }

    [Theory]
    [InlineData(6)]
    [InlineData(40)]
    [InlineData(50)]
    [Ported("cpython/test_process_pool/test_map_chunksize")]
    [Ported("loky/_test_process_executor/test_map_chunksize")]
    public Task How_many_are_in_flight_does_not_change_the_results(int inFlight) => GivesAll(inFlight);

    [Fact]
    [Ported("pebble/test_process_pool/test_process_pool_map_one_chunk")]
    public Task One_in_flight_gives_all_results() => GivesAll(1);

    private async Task GivesAll(int inFlight) =>
        (await Pool.MapAsync(Enumerable.Range(0, 40), Arithmetic.Square, new MapOptions { MaxInFlight = inFlight }).ToList().Time())
            .ShouldBe(Enumerable.Range(0, 40).Select(Arithmetic.Square));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [Ported("pebble/test_process_pool/test_process_pool_map_zero_chunk")]
    public void None_in_flight_is_refused_in_the_callers_own_call(int inFlight) => Should.Throw<ArgumentOutOfRangeException>(
        () => { _ = Pool.MapAsync(Array.Empty<int>(), Arithmetic.AddOne, new MapOptions { MaxInFlight = inFlight }); });

    [Theory]
    [InlineData(3, 10, 1)]
    [InlineData(7, 20, 2)]
    [InlineData(7, 20, 4)]
    [Ported("loky/test_reusable_executor/test_imap_handle_iterable_exception")]
    public async Task An_input_that_throws_ends_the_map_with_its_own_error(int at, int of, int inFlight)
    {
        var options = new MapOptions { MaxInFlight = inFlight };
        (await Should.ThrowAsync<FormatException>(() => Pool.MapAsync(Says(at, of), Arithmetic.AddOne, options).ToList().Time())).Message.ShouldBe("when");
    }

    [Fact]
    [Ported("pebble/test_process_pool/test_process_pool_map_empty")]
    public async Task A_map_over_nothing_gives_nothing() => (await Pool.MapAsync(Array.Empty<int>(), Arithmetic.AddOne).ToList().Time()).ShouldBeEmpty();

    [Fact]
    [Ported("pebble/test_process_pool/test_process_pool_map_timeout_chunks")]
    public async Task The_time_of_items_that_travel_together_does_not_add_up()
    {
        await using Executor pool = New(workers: 1);
        await pool.RunAsync(Waiting.For, 1).Time();
        var options = new MapOptions { Timeout = TimeSpan.FromSeconds(2) };
        (await pool.MapAsync(Enumerable.Repeat(100, 24), Waiting.For, options).ToList().Time()).Count.ShouldBe(24); // 2.4 s in all
    }

    [Fact]
    [Ported("pebble/test_process_pool/test_process_pool_map_error")]
    public async Task Errors_do_not_stop_a_map_that_continues()
    {
        var results = new List<int>();
        var error = await Should.ThrowAsync<MapFailedException>(async () =>
        {
            await foreach (int result in Pool.MapAsync([1, 13, 3], Failing.ThrowOn, new MapOptions { OnFailure = OnFailure.Continue }))
                results.Add(result);
        });
        results.ShouldBe([1, 3]);
        error.Failures.Single().ShouldSatisfyAllConditions(failure => failure.Index.ShouldBe(1), failure => failure.Error.ShouldBeOfType<InvalidOperationException>());
    }

    [Fact]
    [Ported("pebble/test_process_pool/test_process_pool_map_cancel")]
    public async Task A_map_that_is_cancelled_after_its_first_result_gives_no_second()
    {
        await using Executor pool = New(workers: 1);
        Gate[] gates = [.. Enumerable.Range(0, 5).Select(_ => NewGate())];
        gates[0].Open();
        using var cancel = new CancellationTokenSource();
        await using IAsyncEnumerator<int> results = pool.MapAsync(gates.Select((gate, i) => (gate, i)), Gated.AnswerPolitely, cancel.Token).GetAsyncEnumerator();
        (await results.MoveNextAsync().AsTask().Time()).ShouldBeTrue();
        results.Current.ShouldBe(0);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => results.MoveNextAsync().AsTask().Time());
        await Within.Until(() => pool.Snapshot() is { Running: 0, Queued: 0 });
    }

    private static IEnumerable<int> Says(int when, int of)
    {
        for (int i = 0; i < of; i++)
            yield return i == when ? throw new FormatException("when") : i;
    }
}

public sealed class MappingOnThreads(SharedExecutor<OnThreads> shared) : Mapping<OnThreads>(shared);

public sealed class MappingOnContexts(SharedExecutor<OnContexts> shared) : Mapping<OnContexts>(shared);

public sealed class MappingOnProcesses(SharedExecutor<OnProcesses> shared) : Mapping<OnProcesses>(shared);

public sealed class MappingOverPortableTransport(SharedExecutor<OverPortableTransport> shared) : Mapping<OverPortableTransport>(shared);
