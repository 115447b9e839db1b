using System.Collections.Concurrent;

namespace ManyHands.Tests.Threads;

public sealed class OwnThreadsTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<Thread, int> _seen = new();

    [Fact]
    public async Task There_are_never_more_threads_than_workers_and_none_once_it_is_closed()
    {
        var executor = new ThreadExecutor(3);
        int running = 0, most = 0;
        Task[] tasks = [.. Enumerable.Range(0, 300).Select(i => executor.RunAsync(Run, i))];
        await Task.WhenAll(tasks).WaitAsync(_limit);
        most.ShouldBeInRange(1, 3);
        _seen.Count.ShouldBeInRange(1, 3);
        await executor.CloseAsync().WaitAsync(_limit);
        _seen.Keys.ShouldAllBe(thread => thread.Join(_limit));

        void Run(int number)
        {
            int now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            _seen[Thread.CurrentThread] = number;
            Thread.Yield();
            Interlocked.Decrement(ref running);
        }
    }

    [Fact]
    public async Task Blocked_workers_each_have_a_thread_so_all_run_at_once()
    {
        await using var executor = new ThreadExecutor(8);
        using var together = new Barrier(8);
        Task[] tasks = [.. Enumerable.Range(0, 8).Select(_ => executor.RunAsync(_ => together.SignalAndWait(_limit).ShouldBeTrue(), 0))];
        await Task.WhenAll(tasks).WaitAsync(_limit);
    }

    [Fact]
    public async Task Workers_that_block_after_thousands_of_short_tasks_each_have_a_thread_too()
    {
        await using var executor = new ThreadExecutor(200);
        for (int round = 0; round < 3; round++)
        {
            Task[] quick = [.. Enumerable.Range(0, 5000).Select(i => executor.RunAsync(static _ => { }, i))];
            using var together = new Barrier(50);
            Task[] blocked = [.. Enumerable.Range(0, 50).Select(_ => executor.RunAsync(_ => together.SignalAndWait(_limit).ShouldBeTrue(), 0))];
            await Task.WhenAll([.. quick, .. blocked]).WaitAsync(_limit);
        }
    }

    [Fact]
    public async Task A_thread_whose_work_ignores_cancellation_is_given_up_replaced_and_counted()
    {
        var executor = new ThreadExecutor(new ExecutorOptions { Workers = 1, KillAfter = TimeSpan.FromMilliseconds(20) });
        using var release = new ManualResetEventSlim();
        using var begun = new SemaphoreSlim(0);
        Future stuck = await executor.SubmitAsync(Block, 0);
        begun.Wait(_limit).ShouldBeTrue();
        stuck.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => stuck.Task.WaitAsync(_limit));
        (await executor.RunAsync(static x => x + 1, 1).WaitAsync(_limit)).ShouldBe(2);
        executor.Snapshot().Abandoned.ShouldBe(1);

        await executor.CloseAsync().WaitAsync(_limit);
        Thread thread = _seen.Keys.ShouldHaveSingleItem();
        thread.IsAlive.ShouldBeTrue();
        release.Set();
        thread.Join(_limit).ShouldBeTrue("one that comes back ends");

        void Block(int number)
        {
            _seen[Thread.CurrentThread] = number;
            begun.Release();
            release.Wait();
        }
    }

    [Fact]
    public async Task A_thread_that_comes_back_after_it_was_given_up_leaves_its_place_to_the_other()
    {
        await using var executor = new ThreadExecutor(new ExecutorOptions { Workers = 1, KillAfter = TimeSpan.Zero });
        using var release = new ManualResetEventSlim();
        using var begun = new SemaphoreSlim(0);
        Future stuck = await executor.SubmitAsync(Block, 0);
        begun.Wait(_limit).ShouldBeTrue();
        stuck.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => stuck.Task.WaitAsync(_limit));
        Future other = await executor.SubmitAsync(Block, 1);
        begun.Wait(_limit).ShouldBeTrue();
        release.Set();
        await other.Task.WaitAsync(_limit);
        _seen.Single(seen => seen.Value == 0).Key.Join(_limit).ShouldBeTrue();
        (await executor.RunAsync(static x => x, 3).WaitAsync(_limit)).ShouldBe(3);

        void Block(int number)
        {
            _seen[Thread.CurrentThread] = number;
            begun.Release();
            release.Wait();
        }
    }

    [Fact]
    public async Task A_stuck_initializer_is_given_up_when_the_executor_closes()
    {
        using var release = new ManualResetEventSlim();
        using var begun = new SemaphoreSlim(0);
        var executor = new ThreadExecutor(new ExecutorOptions
        {
            Workers = 1,
            KillAfter = TimeSpan.FromMilliseconds(20),
            Initializer = WorkerInitializer.Of(
                number =>
                {
                    _seen[Thread.CurrentThread] = number;
                    begun.Release();
                    release.Wait();
                },
                0),
        });
        Task task = executor.RunAsync(static x => x, 1);
        begun.Wait(_limit).ShouldBeTrue();
        await executor.CloseAsync(CloseMode.Cancel).WaitAsync(_limit);
        await Should.ThrowAsync<ObjectDisposedException>(() => task);
        executor.Snapshot().Abandoned.ShouldBe(1);
        release.Set();
        _seen.Keys.Single().Join(_limit).ShouldBeTrue();
    }

    [Fact]
    public async Task An_initializer_that_always_fails_breaks_the_executor_with_its_error()
    {
        await using var executor = new ThreadExecutor(new ExecutorOptions
        {
            Workers = 2,
            Initializer = WorkerInitializer.Of<int>(static _ => throw new FormatException("no"), 0),
        });
        var broken = await Should.ThrowAsync<ExecutorBrokenException>(() => executor.RunAsync(static x => x, 1).WaitAsync(_limit));
        broken.InnerException.ShouldBeOfType<WorkerStartException>().InnerException.ShouldBeOfType<FormatException>();
    }

    [Fact]
    public async Task A_caller_that_blocks_after_its_await_keeps_neither_the_lane_nor_the_place_of_the_thread_that_ran_its_task()
    {
        await using var executor = new ThreadExecutor(1);
        for (int i = 0; i < 5; i++)
        {
            Task<int>[] callers = [.. Enumerable.Range(0, 4).Select(Caller)];
            (await Task.WhenAll(callers).WaitAsync(_limit)).ShouldBe([1, 2, 3, 4]);
        }

        async Task<int> Caller(int number)
        {
            int result = await executor.RunAsync(static x => x + 1, number).ConfigureAwait(false);

            // On whatever thread this is, it needs the executor's only lane to go on.
            executor.RunAsync(static x => x, 1).Wait(_limit).ShouldBeTrue();
            executor.RunAsync(static x => x, 2).Wait(_limit).ShouldBeTrue();
            return result;
        }
    }

    [Fact]
    public async Task Threads_that_have_had_nothing_to_do_for_long_end_and_new_ones_take_their_place()
    {
        var executor = new ThreadExecutor(2, TimeSpan.FromMilliseconds(1));
        for (int i = 0; i < 300; i++)
        {
            (await executor.RunAsync(Run, i).WaitAsync(_limit)).ShouldBe(i);
            if (i % 10 == 0)
                (await Task.Run(() => _seen.Keys.All(thread => thread.Join(_limit)))).ShouldBeTrue(); // this may itself be one of the threads
        }

        await executor.CloseAsync().WaitAsync(_limit);

        int Run(int number)
        {
            _seen[Thread.CurrentThread] = number;
            return number;
        }
    }

    [Fact]
    public async Task Closing_with_kill_after_tasks_that_were_never_begun_tells_each_end_once()
    {
        for (int i = 0; i < 200; i++)
        {
            var observer = new Ends();
            var executor = new ThreadExecutor(new ExecutorOptions { Workers = 2, Observer = observer });
            Task[] tasks = [.. Enumerable.Range(0, 5).Select(x => executor.RunAsync(static x => x, x))];
            await executor.CloseAsync(CloseMode.Kill).WaitAsync(_limit);
            await Task.WhenAll(tasks).ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(_limit);
            observer.Tasks.ShouldBe(5);
            observer.Workers.ShouldAllBe(ended => ended.Value == 1);
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen = Volatile.Read(ref target);
        while (value > seen)
        {
            int before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }

    private sealed class Ends : ExecutorObserver
    {
        private int _tasks;

        public int Tasks => Volatile.Read(ref _tasks);

        public ConcurrentDictionary<int, int> Workers { get; } = new();

        public override void Observe(ExecutorEvent executorEvent)
        {
            if (executorEvent is TaskEnded)
                Interlocked.Increment(ref _tasks);
            else if (executorEvent is WorkerEnded ended)
                Workers.AddOrUpdate(ended.Worker, 1, static (_, count) => count + 1);
        }
    }
}
