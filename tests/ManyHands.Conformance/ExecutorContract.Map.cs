using System.Runtime.CompilerServices;
using ManyHands.Conformance.Work;

namespace ManyHands.Conformance;

/// <content>Maps.</content>
public abstract partial class ExecutorContract<TFixture>
{
    [Fact]
    public async Task A_map_gives_results_in_input_order()
    {
        await using Executor pool = New();
        (await pool.MapAsync(Enumerable.Range(0, 20_000), Arithmetic.AddOne).ToList().Time()).ShouldBe(Enumerable.Range(1, 20_000));
        (await pool.MapAsync(Enumerable.Range(0, 50), Arithmetic.Async).ToList().Time()).ShouldBe(Enumerable.Range(1, 50));
        (await pool.MapAsync(Counted(100), Arithmetic.AddOne).ToList().Time()).ShouldBe(Enumerable.Range(1, 100));
        (await pool.MapAsync(Array.Empty<int>(), Arithmetic.AddOne).ToList().Time()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_unordered_map_gives_each_result_once_and_as_it_is_done()
    {
        await using Executor pool = New();
        string gate = _files.New();
        (string, string)[] inputs = [(_files.New(), gate), (_files.New(), _files.New())];
        Files.Open(inputs[1].Item2);
        var order = new List<string>();
        await foreach (string begun in pool.MapUnorderedAsync(inputs, Waiting.ForFile))
        {
            order.Add(begun);
            Files.Open(gate); // only the second could end before
        }

        order.ShouldBe([inputs[1].Item1, inputs[0].Item1]);
        (await pool.MapUnorderedAsync(Enumerable.Range(0, 20_000), Arithmetic.AddOne).ToList().Time()).Order().ShouldBe(Enumerable.Range(1, 20_000));
    }

    [Fact]
    public async Task A_map_over_endless_input_is_lazy_and_bounded()
    {
        await using Executor pool = New();
        int taken = 0;
        var results = new List<int>();
        await foreach (int result in pool.MapAsync(Endless(() => taken++), Waiting.For))
        {
            results.Add(result);
            if (results.Count == 20)
                break;
        }

        results.Count.ShouldBe(20);
        taken.ShouldBeLessThan(200); // waits of a millisecond: never far ahead of what was handed out
    }

    [Fact]
    public async Task Max_in_flight_bounds_what_is_taken_from_the_input()
    {
        await using Executor pool = New();
        int taken = 0, handed = 0, most = 0;
        await foreach (int _ in pool.MapAsync(Endless(() => most = Math.Max(most, ++taken - handed)), Arithmetic.AddOne, new MapOptions { MaxInFlight = 3 }))
        {
            if (++handed == 100)
                break;
        }

        most.ShouldBeLessThanOrEqualTo(4); // the one that was just handed out had not been counted
    }

    [Fact]
    public async Task The_first_failure_of_a_map_stops_the_feed_and_is_thrown()
    {
        await using Executor pool = New();
        int taken = 0;
        var error = await Should.ThrowAsync<InvalidOperationException>(
            () => pool.MapUnorderedAsync(Endless(() => taken++), Failing.ThrowOn).ToList().Time());
        error.Message.ShouldBe("Thirteen.");
        int then = taken;
        await pool.RunAsync(Arithmetic.AddOne, 1).Time();
        taken.ShouldBe(then);
    }

    [Fact]
    public async Task With_on_failure_continue_the_successes_come_and_then_one_error_lists_the_failures()
    {
        await using Executor pool = New();
        foreach (bool ordered in (bool[])[true, false])
        {
            var results = new List<int>();
            var options = new MapOptions { OnFailure = OnFailure.Continue };
            IEnumerable<int> inputs = Enumerable.Range(0, 40).Select(number => number % 20);
            var error = await Should.ThrowAsync<MapFailedException>(async () =>
            {
                await foreach (int result in ordered ? pool.MapAsync(inputs, Failing.ThrowOn, options) : pool.MapUnorderedAsync(inputs, Failing.ThrowOn, options))
                    results.Add(result);
            });
            results.Count.ShouldBe(38);
            error.Failures.Select(failure => failure.Index).ShouldBe([13, 33]);
            error.Failures.ShouldAllBe(failure => Equals(failure.Input, 13) && failure.Error is InvalidOperationException);
        }
    }

    [Theory]
    [InlineData(3, 10)]
    [InlineData(7, 20)]
    public async Task An_input_that_fails_ends_the_map_with_its_own_error(int at, int of)
    {
        await using Executor pool = New();
        var error = await Should.ThrowAsync<FormatException>(() => pool.MapAsync(FailingInput(at, of), Arithmetic.AddOne).ToList().Time());
        error.Message.ShouldBe("input");
        (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
    }

    [Fact]
    public async Task With_on_failure_continue_everything_comes_that_the_input_gave_before_it_failed()
    {
        await using Executor pool = New();
        var results = new List<int>();
        await Should.ThrowAsync<FormatException>(async () =>
        {
            await foreach (int result in pool.MapAsync(FailingInput(500, 1000), Arithmetic.AddOne, new MapOptions { OnFailure = OnFailure.Continue }))
                results.Add(result);
        });
        results.ShouldBe(Enumerable.Range(1, 500));
    }

    [Fact]
    public async Task Leaving_a_map_early_cancels_what_has_not_ended()
    {
        await using Executor pool = New(new() { Workers = 2, KillAfter = TimeSpan.FromSeconds(30) });
        string open = _files.New();
        Files.Open(open);
        (string Begun, string Gate)[] inputs = [(_files.New(), open), .. Enumerable.Range(0, 10).Select(_ => (_files.New(), _files.New()))];
        await foreach (string _ in pool.MapAsync(inputs, Waiting.ForFilePolitely))
            break;
        await Within.Until(() => pool.Snapshot() is { Running: 0, Queued: 0 });
        (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
    }

    [Fact]
    public async Task Cancelling_a_map_ends_it_with_a_cancellation()
    {
        await using Executor pool = New(new() { Workers = 2, KillAfter = TimeSpan.FromSeconds(30) });
        using var cancel = new CancellationTokenSource();
        (string Begun, string Gate)[] inputs = [.. Enumerable.Range(0, 10).Select(_ => (_files.New(), _files.New()))];
        Task<List<string>> map = pool.MapAsync(inputs, Waiting.ForFilePolitely, cancel.Token).ToList();
        await Within.Until(() => File.Exists(inputs[0].Begun));
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => map.Time());
        await Within.Until(() => pool.Snapshot() is { Running: 0, Queued: 0 });
    }

    [Fact]
    public async Task Results_come_while_the_input_makes_the_map_wait()
    {
        await using Executor pool = New();
        var more = new TaskCompletionSource();
        var results = new List<int>();
        await foreach (int result in pool.MapAsync(TwoWithAPause(more.Task), Arithmetic.AddOne))
        {
            results.Add(result);
            more.TrySetResult(); // the input goes on only after the first result
        }

        results.ShouldBe([2, 3]);
    }

    [Fact]
    public async Task A_slow_item_does_not_hold_up_the_results_that_tiny_ones_before_it_gave()
    {
        await using Executor pool = New(new() { Workers = 1 });
        string gate = _files.New();
        (string, string)[] inputs = [.. Enumerable.Repeat(("", ""), 3000), (_files.New(), gate)];
        int handed = 0;
        await foreach (int _ in pool.MapAsync(inputs, TinyThenSlow))
        {
            if (++handed == 3000)
                Files.Open(gate); // never reached if the last of them waited for the slow one
        }

        handed.ShouldBe(3001);
    }

    [Theory]
    [InlineData(4000, 1)]
    [InlineData(20, 10)] // in the last batch: no later one wakes another worker
    public async Task What_is_stuck_behind_a_slow_item_is_taken_over_by_another_worker(int behind, int rounds)
    {
        await using Executor pool = New(new() { Workers = 2 });
        for (int round = 0; round < rounds; round++)
            (await CountAsync().Time()).ShouldBe(4000 + 1 + behind);

        async Task<int> CountAsync()
        {
            string gate = _files.New();
            (string, string)[] inputs = [.. Enumerable.Repeat(("", ""), 4000), (_files.New(), gate), .. Enumerable.Repeat(("", ""), behind)];
            int handed = 0;
            await foreach (int _ in pool.MapUnorderedAsync(inputs, TinyThenSlow))
            {
                if (++handed == 4000 + behind)
                    Files.Open(gate); // everything but the slow one has to come first
            }

            return handed;
        }
    }

    [Fact]
    public async Task A_timeout_is_for_each_item_of_a_map()
    {
        await using Executor pool = New(new() { Workers = 2, KillAfter = TimeSpan.FromMilliseconds(20) });
        string open = _files.New();
        Files.Open(open);
        (string, string)[] inputs = [(_files.New(), open), (_files.New(), _files.New()), (_files.New(), open)];
        var results = new List<string>();
        MapFailedException error;
        var timeout = TimeSpan.FromSeconds(1);
        do // a machine that others keep busy may need longer for the two that are ready
        {
            results.Clear();
            var options = new MapOptions { Timeout = timeout, OnFailure = OnFailure.Continue };
            error = await Should.ThrowAsync<MapFailedException>(async () =>
            {
                await foreach (string result in pool.MapAsync(inputs, Waiting.ForFile, options))
                    results.Add(result);
            });
            error.Failures.ShouldAllBe(failure => failure.Error is TaskTimeoutException);
        }
        while (results.Count < 2 && (timeout *= 4) < Within.Limit);

        results.ShouldBe([inputs[0].Item1, inputs[2].Item1]);
        error.Failures.Count.ShouldBe(1);
    }

    [Fact]
    public async Task For_each_runs_the_work_for_every_input()
    {
        await using Executor pool = New();
        string[] files = [.. Enumerable.Range(0, 30).Select(_ => _files.New())];
        await pool.ForEachAsync(files, (string file) => { File.WriteAllText(file, ""); }).Time();
        files.ShouldAllBe(file => File.Exists(file));
        await pool.ForEachAsync(Counted(5), Arithmetic.AsyncNothing).Time();
        await Should.ThrowAsync<InvalidOperationException>(() => pool.ForEachAsync([1, 13], (int number) => { Failing.ThrowOn(number); }).Time());
    }

    [Fact]
    public async Task A_map_can_be_enumerated_twice_and_two_maps_can_share_an_executor()
    {
        await using Executor pool = New();
        IAsyncEnumerable<int> map = pool.MapAsync(Enumerable.Range(0, 1000), Arithmetic.AddOne);
        List<int>[] both = await Task.WhenAll(map.ToList(), map.ToList()).Time();
        both[0].ShouldBe(both[1]);
    }

    private static int TinyThenSlow((string Begun, string Gate) files) =>
        files.Gate.Length == 0 ? 0 : Waiting.ForFile(files).Length;

    private static IEnumerable<int> Endless(Action onTake)
    {
        for (int i = 0; ; i++)
        {
            onTake();
            yield return i % 20 == 13 ? 13 : 1;
        }
    }

    private static IEnumerable<int> FailingInput(int at, int of)
    {
        for (int i = 0; i < of; i++)
            yield return i == at ? throw new FormatException("input") : i;
    }

    private static async IAsyncEnumerable<int> Counted(int count)
    {
        for (int i = 0; i < count; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    private static async IAsyncEnumerable<int> TwoWithAPause(Task pause, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        yield return 1;
        await pause.WaitAsync(cancellationToken);
        yield return 2;
    }
}
