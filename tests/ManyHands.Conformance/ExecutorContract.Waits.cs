using System.Collections.Concurrent;
using ManyHands.Conformance.Work;

namespace ManyHands.Conformance;

/// <content>Whatever makes a map, a caller or a close wait: none of them waits for ever, and none waits for what it does not need.</content>
public abstract partial class ExecutorContract<TFixture>
{
    [Theory]
    [ClosingsOfStuckMaps]
    public async Task Closing_ends_a_map_that_waits_for_its_input(CloseMode mode, StuckInput kind, bool ordered)
    {
        using var input = new StuckSequence(kind);
        Executor pool = New();
        await using IAsyncEnumerator<int> map = input.Map(pool, ordered).GetAsyncEnumerator();
        (await map.MoveNextAsync().AsTask().Time()).ShouldBeTrue();
        Task<bool> next = map.MoveNextAsync().AsTask();
        await input.Waits.Time();
        next.IsCompleted.ShouldBeFalse();
        await pool.CloseAsync(mode).Time();
        (await Should.ThrowAsync<ObjectDisposedException>(() => next.Time())).Message.ShouldContain("map");
    }

    [Theory]
    [InlineData(StuckInput.Blocks)]
    [InlineData(StuckInput.Listens)]
    [InlineData(StuckInput.Ignores)]
    public async Task Draining_gives_a_map_the_results_of_what_it_had_taken_before_it_ends(StuckInput kind)
    {
        using var input = new StuckSequence(kind);
        Executor pool = New(new() { Workers = 1 });
        string begun = _files.New(), gate = _files.New();
        Task<string> blocker = pool.RunAsync(Waiting.ForFile, (begun, gate));
        await Within.Until(() => File.Exists(begun));
        await using IAsyncEnumerator<int> map = input.Map(pool, ordered: true).GetAsyncEnumerator();
        Task<bool> first = map.MoveNextAsync().AsTask();
        await input.Waits.Time();
        await Within.Until(() => pool.Snapshot().Queued > 0);
        Task closing = pool.CloseAsync();
        Files.Open(gate);
        (await first.Time()).ShouldBeTrue();
        map.Current.ShouldBe(2);
        await Should.ThrowAsync<ObjectDisposedException>(() => map.MoveNextAsync().AsTask().Time());
        await closing.Time();
        await blocker.Time();
    }

    [Theory]
    [InlineData(StuckInput.Blocks)]
    [InlineData(StuckInput.Ignores)]
    public async Task Cancelling_or_leaving_a_map_does_not_wait_for_its_input(StuckInput kind)
    {
        using var input = new StuckSequence(kind);
        using var cancel = new CancellationTokenSource();
        await using Executor pool = New();
        IAsyncEnumerator<int> map = input.Map(pool, ordered: true).GetAsyncEnumerator(cancel.Token);
        (await map.MoveNextAsync().AsTask().Time()).ShouldBeTrue();
        Task<bool> next = map.MoveNextAsync().AsTask();
        await input.Waits.Time();
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => next.Time());
        input.IsDisposed.ShouldBeFalse("it is moving still");

        using var other = new StuckSequence(kind);
        Task leaving = Leave(other.Map(pool, ordered: false));
        await leaving.Time();

        input.Dispose();
        other.Dispose();
        await Within.Until(() => input.IsDisposed && other.IsDisposed);

        static async Task Leave(IAsyncEnumerable<int> map)
        {
            await foreach (int _ in map)
                break;
        }
    }

    [Theory]
    [InlineData(StuckInput.Blocks)]
    [InlineData(StuckInput.Ignores)]
    public async Task An_error_of_a_maps_task_does_not_wait_for_its_input(StuckInput kind)
    {
        using var input = new StuckSequence(kind);
        await using Executor pool = New();
        Task<List<int>> map = (kind == StuckInput.Blocks ? pool.MapAsync(input.Blocking(), Throw) : pool.MapAsync(input.Asynchronous(), Throw)).ToList();
        (await Should.ThrowAsync<InvalidOperationException>(() => map.Time())).Message.ShouldBe("1");

        static int Throw(int value) => throw new InvalidOperationException($"{value}");
    }

    [Fact]
    public async Task Each_result_comes_before_a_blocking_input_gives_its_next()
    {
        await using Executor pool = New();
        using var taken = new SemaphoreSlim(0);
        var results = new List<int>();
        await foreach (int result in pool.MapAsync(OneForEachResult(), Arithmetic.AddOne))
        {
            results.Add(result);
            taken.Release();
        }

        results.ShouldBe([1, 2, 3, 4, 5]);

        IEnumerable<int> OneForEachResult()
        {
            for (int i = 0; i < 5; i++)
            {
                yield return i;
                if (!taken.Wait(Within.Limit))
                    throw new TimeoutException("The result waits for the input.");
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_loop_that_feeds_its_own_input_works(bool ordered)
    {
        await using Executor pool = New();
        using var found = new BlockingCollection<int> { 1 };
        int open = 1, visited = 0;
        IEnumerable<int> input = found.GetConsumingEnumerable();
        Task walk = Task.Run(async () =>
        {
            await foreach (int node in ordered ? pool.MapAsync(input, Arithmetic.Echo) : pool.MapUnorderedAsync(input, Arithmetic.Echo))
            {
                visited++;
                for (int child = 2 * node; child <= (2 * node) + 1 && child < 64; child++)
                {
                    open++;
                    found.Add(child);
                }

                if (--open == 0)
                    found.CompleteAdding();
            }
        });
        await walk.Time();
        visited.ShouldBe(63);
    }

    [Fact]
    public async Task A_sequence_that_is_made_while_it_is_read_gives_all_its_items_in_order_and_its_own_error()
    {
        await using Executor pool = New();
        var local = new AsyncLocal<string> { Value = "of the reader" };
        List<int> results = await pool.MapAsync(Enumerable.Range(0, 20_000).Select(i => local.Value == "of the reader" ? i : -i), Arithmetic.AddOne).ToList().Time();
        results.ShouldBe(Enumerable.Range(1, 20_000));
        await Should.ThrowAsync<FormatException>(() => pool.MapAsync(Enumerable.Range(0, 20_000).Select(i => i < 9_000 ? i : throw new FormatException()), Arithmetic.AddOne).ToList().Time());
    }

    [Fact]
    public async Task Closing_from_where_a_map_reads_its_input_ends_both()
    {
        Executor pool = New();
        Task<List<int>> map = pool.MapAsync(Closing(), Arithmetic.AddOne).ToList();
        await Should.ThrowAsync<ObjectDisposedException>(() => map.Time());
        await pool.CloseAsync().Time();

        IEnumerable<int> Closing()
        {
            yield return 1;
            pool.CloseAsync().Wait(Within.Limit).ShouldBeTrue();
            yield return 2;
        }
    }

    [Theory]
    [InlineData(CloseMode.Drain)]
    [InlineData(CloseMode.Cancel)]
    [InlineData(CloseMode.Kill)]
    public async Task Closing_and_waiting_where_a_caller_goes_on_ends(CloseMode mode)
    {
        foreach (bool fails in (bool[])[false, true])
        {
            Executor pool = New();
            Task task = fails ? pool.RunAsync(Failing.Throw, "no") : pool.RunAsync(Arithmetic.AddOne, 1);
            Task closed = task.ContinueWith(
                _ => pool.CloseAsync(mode).Wait(Within.Limit), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default)
                .ContinueWith(done => done.Result.ShouldBeTrue(), TaskScheduler.Default);
            await closed.Time();
            await AwaitAndClose().Time();

            async Task AwaitAndClose()
            {
                Executor other = New();
                try
                {
                    await (fails ? other.RunAsync(Failing.Throw, "no") : other.RunAsync(Arithmetic.AddOne, 1)).ConfigureAwait(false);
                }
                catch (InvalidOperationException)
                {
                    // Goes on where errors are told.
                }

                other.CloseAsync(mode).Wait(Within.Limit).ShouldBeTrue();
            }
        }
    }

    [Theory]
    [InlineData(CloseMode.Cancel)]
    [InlineData(CloseMode.Kill)]
    public async Task Neither_closing_nor_cancelling_waits_for_a_result_that_is_being_decoded(CloseMode mode)
    {
        Executor pool = New();
        if (!pool.Traits.CopiesArguments)
            return; // nothing is decoded
        string closedAt = _files.New(), mapAt = _files.New(), cancelledAt = _files.New(), gate = _files.New();
        using var cancel = new CancellationTokenSource();
        try
        {
            Task<SlowToDecode> cancelled = pool.RunAsync(SlowToDecode.Make, (cancelledAt, gate), cancel.Token);
            await Within.Until(() => File.Exists(cancelledAt));
            await cancel.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(() => cancelled.Time());

            Task<SlowToDecode> closed = pool.RunAsync(SlowToDecode.Make, (closedAt, gate));
            Task<List<SlowToDecode>> map = pool.MapAsync([(mapAt, gate)], SlowToDecode.Make).ToList();
            await Within.Until(() => File.Exists(closedAt) && File.Exists(mapAt));
            await pool.CloseAsync(mode).Time();
            await Should.ThrowAsync<ObjectDisposedException>(() => closed.Time());
            await Should.ThrowAsync<ObjectDisposedException>(() => map.Time());
        }
        finally
        {
            Files.Open(gate);
        }
    }
}
