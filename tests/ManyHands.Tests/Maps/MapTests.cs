using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace ManyHands.Tests.Maps;

public sealed class MapTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Results_come_in_input_order_however_the_tasks_end(bool ordered)
    {
        await using var executor = new HeldExecutor();
        IAsyncEnumerable<int> map = ordered
            ? executor.MapAsync(Enumerable.Range(0, 20), static x => x * 10)
            : executor.MapUnorderedAsync(Enumerable.Range(0, 20), static x => x * 10);
        Task<List<int>> results = ToListAsync(map);
        while (!results.IsCompleted)
        {
            if (executor.Held is [.., { } last])
                executor.Run(last);
            else
                await Task.Yield();
        }

        List<int> taken = await results;
        (ordered ? taken : [.. taken.Order()]).ShouldBe(Enumerable.Range(0, 20).Select(x => x * 10));
        if (!ordered)
            taken[0].ShouldNotBe(0, "the last one ended first");
    }

    [Fact]
    public async Task Endless_input_is_read_no_further_than_results_are_taken()
    {
        await using var executor = new HeldExecutor(runsAtOnce: true);
        int read = 0;
        await foreach (int result in executor.MapAsync(Endless(), static x => x))
        {
            if (result == 5)
                break;
        }

        read.ShouldBeLessThan(3 * 2 * 8192 + 16);
        executor.Outcomes.ShouldAllBe(outcome => outcome == TaskOutcome.Succeeded);

        IEnumerable<int> Endless()
        {
            while (true)
                yield return read++;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task No_more_are_in_flight_than_allowed(int limit)
    {
        await using var executor = new HeldExecutor();
        Task<List<int>> results = ToListAsync(
            executor.MapUnorderedAsync(Enumerable.Range(0, 300), static x => x, new MapOptions { MaxInFlight = limit }));
        while (!results.IsCompleted)
        {
            if (executor.Held is [{ } first, ..])
                executor.Run(first);
            else
                await Task.Yield();
        }

        (await results).Count.ShouldBe(300);
        executor.MostAtOnce.ShouldBeLessThanOrEqualTo(limit);
    }

    [Fact]
    public async Task A_failing_input_is_thrown_and_what_runs_is_cancelled()
    {
        await using var executor = new HeldExecutor();
        bool disposed = false;
        await Should.ThrowAsync<FormatException>(() => ToListAsync(executor.MapAsync(Failing(), static x => x)));
        disposed.ShouldBeTrue();
        executor.Held.ShouldBeEmpty();
        executor.Outcomes.ShouldAllBe(outcome => outcome == TaskOutcome.Cancelled);
        executor.Outcomes.Count.ShouldBe(3);

        IEnumerable<int> Failing()
        {
            try
            {
                for (int i = 0; i < 3; i++)
                    yield return i;
                throw new FormatException();
            }
            finally
            {
                disposed = true;
            }
        }
    }

    [Fact]
    public async Task An_input_that_lets_itself_be_waited_for_does_not_hold_back_results()
    {
        await using var executor = new HeldExecutor(runsAtOnce: true);
        var input = Channel.CreateUnbounded<int>();
        IAsyncEnumerator<int> results = executor.MapAsync(input.Reader.ReadAllAsync(), static x => x + 1).GetAsyncEnumerator();
        for (int i = 0; i < 100; i++)
        {
            input.Writer.TryWrite(i);
            (await results.MoveNextAsync().AsTask().WaitAsync(_limit)).ShouldBeTrue();
            results.Current.ShouldBe(i + 1);
        }

        input.Writer.Complete();
        (await results.MoveNextAsync().AsTask().WaitAsync(_limit)).ShouldBeFalse();
        await results.DisposeAsync();
    }

    [Fact]
    public async Task The_first_failure_stops_the_feed_cancels_the_rest_and_is_thrown()
    {
        await using var executor = new HeldExecutor();
        Task<List<int>> results = ToListAsync(executor.MapAsync(Enumerable.Range(0, 1000), ThrowAtThree));
        await Until(() => executor.Held.Count >= 10);
        executor.Run(executor.Held[3]);
        (await Should.ThrowAsync<InvalidOperationException>(() => results)).Message.ShouldBe("three");
        executor.Held.ShouldBeEmpty();
        executor.Outcomes.Count(outcome => outcome == TaskOutcome.Failed).ShouldBe(1);
        executor.Outcomes.Count(outcome => outcome == TaskOutcome.Cancelled).ShouldBe(executor.Outcomes.Count - 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Continuing_gives_every_success_and_lists_the_failures_at_the_end(bool ordered)
    {
        await using var executor = new HeldExecutor(runsAtOnce: true);
        var options = new MapOptions { OnFailure = OnFailure.Continue };
        var taken = new List<int>();
        var failed = await Should.ThrowAsync<MapFailedException>(async () =>
        {
            await foreach (int result in ordered
                ? executor.MapAsync(Enumerable.Range(0, 500), ThrowAtHundreds, options)
                : executor.MapUnorderedAsync(Enumerable.Range(0, 500), ThrowAtHundreds, options))
            {
                taken.Add(result);
            }
        });
        taken.Order().ShouldBe(Enumerable.Range(0, 500).Where(x => x % 100 != 0));
        failed.Failures.Select(failure => failure.Index).ShouldBe([0, 100, 200, 300, 400]);
        failed.Failures.Select(failure => failure.Input).ShouldBe([0, 100, 200, 300, 400]);
    }

    [Fact]
    public async Task A_failure_is_recorded_before_its_end_can_be_seen()
    {
        for (int i = 0; i < 200; i++)
        {
            await using var executor = new HeldExecutor();
            Task<List<int>> results = ToListAsync(
                executor.MapUnorderedAsync([3], ThrowAtThree, new MapOptions { OnFailure = OnFailure.Continue }));
            Task run = Task.Run(() => executor.Run(executor.Held[0]));
            (await Should.ThrowAsync<MapFailedException>(() => results)).Failures.Count.ShouldBe(1);
            await run;
        }
    }

    [Fact]
    public async Task Leaving_the_loop_cancels_what_has_not_ended()
    {
        await using var executor = new HeldExecutor();
        IAsyncEnumerator<int> results = executor.MapUnorderedAsync(Enumerable.Range(0, 100), static x => x).GetAsyncEnumerator();
        Task<bool> first = results.MoveNextAsync().AsTask();
        await Until(() => executor.Held.Count > 1);
        executor.Run(executor.Held[0]);
        (await first).ShouldBeTrue();
        await results.DisposeAsync();
        executor.Held.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancelling_throws_with_the_callers_own_token(bool waitsForInput)
    {
        await using var executor = new HeldExecutor();
        using var cancel = new CancellationTokenSource();
        IAsyncEnumerable<int> input = waitsForInput ? Channel.CreateUnbounded<int>().Reader.ReadAllAsync() : Two();
        Task<List<int>> results = ToListAsync(executor.MapAsync(input, static x => x, cancel.Token));
        await Until(() => waitsForInput || executor.Held.Count > 0);
        await cancel.CancelAsync();
        (await Should.ThrowAsync<OperationCanceledException>(() => results.WaitAsync(_limit))).CancellationToken.ShouldBe(cancel.Token);
        executor.Held.ShouldBeEmpty();

        static async IAsyncEnumerable<int> Two()
        {
            yield return 1;
            await Task.Yield();
            yield return 2;
        }
    }

    [Fact]
    public async Task A_task_of_a_map_that_stops_for_its_timeout_fails_with_the_timeout()
    {
        await using var executor = new HeldExecutor();
        Task<List<int>> results = ToListAsync(executor.MapAsync(
            [1],
            static (x, token) =>
            {
                token.ThrowIfCancellationRequested();
                return x;
            },
            new MapOptions { Timeout = TimeSpan.FromSeconds(1) }));
        WorkItem item = executor.Held.ShouldHaveSingleItem();
        item.TryMarkCancelled(CancelReason.Timeout);
        executor.Run(item);
        await Should.ThrowAsync<TaskTimeoutException>(() => results);
    }

    [Fact]
    public async Task What_is_split_off_a_batch_runs_in_the_context_of_its_map()
    {
        var ambient = new AsyncLocal<int> { Value = 7 };
        await using var executor = new HeldExecutor();
        Task<List<int>> results = ToListAsync(executor.MapAsync(Enumerable.Range(0, 100), _ => ambient.Value));
        ambient.Value = 0; // from here on this is whoever splits
        while (!results.IsCompleted)
        {
            if (executor.Held is not [{ } item, ..])
            {
                await Task.Yield();
                continue;
            }

            WorkItem? rest = item.TakeRest(1);
            executor.Run(item);
            if (rest is not null)
                executor.Run(rest);
        }

        (await results).Distinct().ShouldBe([7]);
    }

    [Fact]
    public async Task An_executor_that_closes_during_a_map_ends_it()
    {
        await using var executor = new HeldExecutor(runsAtOnce: true);
        IAsyncEnumerator<int> results = executor.MapAsync(Numbers(), static x => x).GetAsyncEnumerator();
        (await results.MoveNextAsync()).ShouldBeTrue();
        executor.IsClosed = true;
        await Should.ThrowAsync<ObjectDisposedException>(async () =>
        {
            while (await results.MoveNextAsync().AsTask().WaitAsync(_limit))
            {
            }
        });
        await results.DisposeAsync();

        static async IAsyncEnumerable<int> Numbers()
        {
            for (int i = 0; ; i++)
            {
                await Task.Yield();
                yield return i;
            }
        }
    }

    [Fact]
    public async Task A_submission_that_is_refused_while_the_input_moves_waits_for_it_before_it_ends_it()
    {
        await using var executor = new HeldExecutor(runsAtOnce: true);
        await using IAsyncEnumerator<int> results = executor.MapAsync(TwoAndThenNothing(), static x => x).GetAsyncEnumerator();
        (await results.MoveNextAsync()).ShouldBeTrue(); // from now on more than one is read at a time
        executor.IsClosed = true;
        await Should.ThrowAsync<ObjectDisposedException>(() => results.MoveNextAsync().AsTask().WaitAsync(_limit));

        static async IAsyncEnumerable<int> TwoAndThenNothing([EnumeratorCancellation] CancellationToken cancellation = default)
        {
            yield return 1;
            yield return 2;
            var stopped = new TaskCompletionSource();
            await using CancellationTokenRegistration stop = cancellation.Register(() => stopped.SetResult());
            await stopped.Task;
            await Task.Delay(30, CancellationToken.None); // it takes its time to stop
        }
    }

    [Fact]
    public async Task Input_that_does_not_begin_leaves_nothing_behind_at_the_caller_s_token()
    {
        await using var executor = new HeldExecutor(runsAtOnce: true);
        using var lasting = new CancellationTokenSource();
        WeakReference input = Begin();
        for (int i = 0; i < 50 && input.IsAlive; i++)
            GC.Collect();
        input.IsAlive.ShouldBeFalse();

        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference Begin()
        {
            var broken = new BrokenInput(throwsAtOnce: true);
            Should.Throw<InvalidDataException>(() => executor.MapAsync(broken, static x => x, lasting.Token).GetAsyncEnumerator());
            return new WeakReference(broken);
        }
    }

    [Fact]
    public async Task Input_whose_cancellation_fails_is_disposed_all_the_same()
    {
        await using var executor = new HeldExecutor(runsAtOnce: true);
        var broken = new BrokenInput(throwsAtOnce: false);
        IAsyncEnumerator<int> results = executor.MapAsync(broken, static x => x).GetAsyncEnumerator();
        (await results.MoveNextAsync()).ShouldBeTrue();
        await Should.ThrowAsync<AggregateException>(() => results.DisposeAsync().AsTask().WaitAsync(_limit));
        broken.IsDisposed.ShouldBeTrue();
    }

    private sealed class BrokenInput(bool throwsAtOnce) : IAsyncEnumerable<int>, IAsyncEnumerator<int>
    {
        public bool IsDisposed { get; private set; }

        public int Current => 1;

        public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            if (throwsAtOnce)
                throw new InvalidDataException("no input");
            cancellationToken.Register(() => throw new InvalidDataException("no end"));
            return this;
        }

        public ValueTask<bool> MoveNextAsync() => new(true);

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }

    private static int ThrowAtThree(int x) => x == 3 ? throw new InvalidOperationException("three") : x;

    private static int ThrowAtHundreds(int x) => x % 100 == 0 ? throw new InvalidOperationException($"{x}") : x;

    private static async Task<List<int>> ToListAsync(IAsyncEnumerable<int> results)
    {
        var list = new List<int>();
        await foreach (int result in results)
            list.Add(result);
        return list;
    }

    private static async Task Until(Func<bool> condition)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(_limit);
            await Task.Yield();
        }
    }
}
