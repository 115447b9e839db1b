using ManyHands.Conformance;

namespace ManyHands.Tests.Threads;

/// <summary>Tasks that wait for tasks of their own full executor: the error names them, and everybody goes on.</summary>
public sealed class WaitingForOneself : IAsyncDisposable
{
    private readonly ThreadExecutor _pool = New(1);

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    [Fact, Fault(41)]
    public async Task A_task_that_blocks_until_another_of_its_only_worker_has_ended_gets_the_error_and_the_worker_is_free_again()
    {
        Future<int> outer = await _pool.SubmitAsync(x => Should.Throw<AggregateException>(() => _pool.RunAsync(Next, x).Wait()).InnerExceptions.Count, 1);
        (await outer.Task.Time()).ShouldBe(1);
        (await _pool.RunAsync(Next, 1).Time()).ShouldBe(2);
        (_pool.Snapshot().Failed, _pool.Snapshot().Succeeded, _pool.Snapshot().Queued).ShouldBe((1, 2, 0));
    }

    [Fact, Fault(41)]
    public async Task A_task_that_awaits_another_gets_the_error_and_it_names_both()
    {
        Task<int> outer = _pool.RunAsync(x => _pool.RunAsync(Next, x, new SubmitOptions { Name = "inner" }), 1, new SubmitOptions { Name = "outer" });
        var error = await Should.ThrowAsync<ExecutorDeadlockException>(() => outer.Time());
        error.Message.ShouldStartWith(
            $"Task {error.Task} (inner) cannot begin: the only worker of its executor is held by task {error.Waiting.ShouldHaveSingleItem()} (outer), which waits for it.");
    }

    [Fact, Fault(41)]
    public async Task It_does_not_matter_how_far_the_task_has_come_nor_how_many_it_waits_for()
    {
        Task outer = _pool.RunAsync(
            async count =>
            {
                await Task.Yield();
                await AllAsync(count);
            },
            100);
        await Should.ThrowAsync<ExecutorDeadlockException>(() => outer.Time());
        _pool.Snapshot().Failed.ShouldBe(101);

        async Task AllAsync(int count) => await Task.WhenAll(Enumerable.Range(0, count).Select(x => _pool.RunAsync(Next, x)));
    }

    [Fact, Fault(41)]
    public async Task A_future_is_awaited_like_a_task()
    {
        Task outer = _pool.RunAsync(
            async x =>
            {
                Future<int> inner = await _pool.SubmitAsync(Next, x);
                return await inner;
            },
            1);
        await Should.ThrowAsync<ExecutorDeadlockException>(() => outer.Time());
    }

    [Fact, Fault(41)]
    public async Task A_synchronous_task_that_waits_for_asynchronous_code_waits_for_what_that_awaits()
    {
        Task outer = _pool.RunAsync(x => LaterAsync(x).GetAwaiter().GetResult(), 1);
        await Should.ThrowAsync<ExecutorDeadlockException>(() => outer.Time());

        async Task<int> LaterAsync(int x)
        {
            await Task.Yield();
            return await _pool.RunAsync(Next, x);
        }
    }

    [Fact, Fault(41)]
    public async Task A_task_that_waits_for_blocked_threads_of_the_thread_pool_waits_for_what_blocks_them()
    {
        Task looping = _pool.RunAsync(_ => Parallel.For(0, 3, x => _pool.RunAsync(Next, x).Wait()).IsCompleted, 1);
        await Should.ThrowAsync<AggregateException>(() => looping.Time());
        Task awaiting = _pool.RunAsync(async x => await Task.Run(() => _pool.RunAsync(Next, x).GetAwaiter().GetResult()), 1);
        await Should.ThrowAsync<ExecutorDeadlockException>(() => awaiting.Time());
    }

    [Fact, Fault(41)]
    public async Task A_map_inside_of_a_map_of_the_same_executor_fails()
    {
        Task outer = _pool.MapAsync(Enumerable.Range(0, 5), async x => (await _pool.MapAsync(Enumerable.Range(0, 3), Next).ToList()).Sum()).ToList();
        await Should.ThrowAsync<ExecutorDeadlockException>(() => outer.Time());
    }

    [Fact, Fault(41)]
    public async Task So_does_one_inside_of_a_task_whether_it_is_read_or_only_waited_for()
    {
        Task reading = _pool.RunAsync(_ => _pool.MapUnorderedAsync(Enumerable.Range(0, 3), Next).ToBlockingEnumerable().Sum(), 1);
        await Should.ThrowAsync<ExecutorDeadlockException>(() => reading.Time());
        Task waiting = _pool.RunAsync(_ => _pool.ForEachAsync(Enumerable.Range(0, 3), static _ => { }), 1);
        await Should.ThrowAsync<ExecutorDeadlockException>(() => waiting.Time());
    }

    [Fact, Fault(41)]
    public async Task Recursion_that_is_deeper_than_there_are_workers_fails()
    {
        await using ThreadExecutor pool = New(2);
        var error = await Should.ThrowAsync<ExecutorDeadlockException>(() => pool.RunAsync(SumAsync, 5).Time());
        error.Waiting.Count.ShouldBe(2);
        (await pool.RunAsync(SumAsync, 1).Time()).ShouldBe(1);

        async Task<int> SumAsync(int x) => x == 0 ? 0 : x + await pool.RunAsync(SumAsync, x - 1);
    }

    [Fact, Fault(41)]
    public async Task It_is_found_by_way_of_another_executor()
    {
        await using ThreadExecutor other = New(1);
        Task outer = _pool.RunAsync(x => other.RunAsync(y => _pool.RunAsync(Next, y).Result, x), 1);
        await Should.ThrowAsync<AggregateException>(() => outer.Time());
        (_pool.Snapshot().Failed, other.Snapshot().Failed).ShouldBe((2, 1));
    }

    [Fact, Fault(41)]
    public async Task A_task_that_waits_for_room_in_a_queue_which_only_it_could_empty_is_refused()
    {
        await using var pool = new ThreadExecutor(new ExecutorOptions { Workers = 1, QueueLimit = 1 });
        Future<int>? queued = null;
        Task outer = pool.RunAsync(
            async x =>
            {
                queued = await pool.SubmitAsync(Next, x);
                await pool.SubmitAsync(Next, x);
            },
            1);
        await Should.ThrowAsync<ExecutorDeadlockException>(() => outer.Time());
        (await queued!.Task.Time()).ShouldBe(2, "nobody waited for this one");
    }

    [Fact]
    public async Task Tasks_that_others_submit_and_do_not_wait_for_run_in_the_end_however_slow_the_others_are()
    {
        await using var pool = new ThreadExecutor(new ExecutorOptions { Workers = 2, QueueLimit = 4 });
        using var gate = new ManualResetEventSlim();
        using var begun = new CountdownEvent(2);
        Task blocked = pool.RunAsync(
            _ =>
            {
                Scatter();
                gate.Wait();
            },
            0);
        Task waiting = pool.RunAsync(
            async _ =>
            {
                Scatter();
                await Task.WhenAny(pool.RunAsync(Next, 1), Task.Run(gate.Wait));
                await pool.RunAsync(Next, 1).WaitAsync(TimeSpan.FromMilliseconds(1)).ContinueWith(static _ => { }, TaskScheduler.Default);
            },
            0);
        begun.Wait(Within.Limit).ShouldBeTrue();
        await Task.Delay(TimeSpan.FromSeconds(1.2)); // four looks
        gate.Set();
        await Task.WhenAll(blocked, waiting).Time();
        await pool.CloseAsync().Time();
        (pool.Snapshot().Failed, pool.Snapshot().Succeeded).ShouldBe((0, 2 + (2 * 8) + 2));

        // Somebody waits for each of these, but not the task that submits them.
        void Scatter()
        {
            _ = pool.SubmitAsync(Next, 1);
            _ = VisitAsync();
            _ = pool.ForEachAsync([1, 2, 3], static _ => { });
            _ = Task.Run(VisitAsync);
            _ = Task.Run(Block);
            new Thread(Block).Start();
            begun.Signal();
        }

        void Block()
        {
            try
            {
                pool.RunAsync(Next, 1).Wait();
            }
            catch (AggregateException)
            {
                // It is counted below, and is not to end the process.
            }
        }

        async Task VisitAsync()
        {
            await Task.Yield();
            await pool.RunAsync(Next, 1);
        }
    }

    [Fact]
    public async Task Tasks_that_each_submit_the_next_keep_nothing_of_those_before_alive()
    {
        const int count = 100_000;
        var links = new List<WeakReference>();
        var last = new TaskCompletionSource<ExecutionContext?>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var seen = new ManualResetEventSlim();
        _ = _pool.RunAsync(Next, new Link(1));
        ExecutionContext? context = await last.Task.Time();
        await Within.Until(() => Alive(links) < 5);
        seen.Set();
        await _pool.CloseAsync().Time();
        GC.KeepAlive(context);

        void Next(Link link)
        {
            if (link.Number % 1000 == 0)
                links.Add(new WeakReference(link));
            if (link.Number < count)
            {
                _ = _pool.RunAsync(Next, new Link(link.Number + 1));
                return;
            }

            last.SetResult(ExecutionContext.Capture());
            seen.Wait();
        }
    }

    [Fact]
    public async Task What_keeps_the_context_of_a_task_keeps_nothing_of_the_task_alive()
    {
        ExecutionContext? context = null;
        WeakReference argument = await Run();
        (await _pool.RunAsync(static x => x + 1, 1).Time()).ShouldBe(2);
        await Within.Until(() => Alive([argument]) == 0);
        GC.KeepAlive(context);

        async Task<WeakReference> Run()
        {
            var link = new Link(1);
            await _pool.RunAsync(
                async _ =>
                {
                    await Task.Yield();
                    context = ExecutionContext.Capture();
                },
                link).Time();
            return new WeakReference(link);
        }
    }

    [Fact]
    public async Task A_task_that_is_blocked_by_something_else_while_others_wait_for_what_it_submitted_costs_them_nothing()
    {
        await using var pool = new ThreadExecutor(1);
        using var gate = new ManualResetEventSlim();
        var submitted = new TaskCompletionSource<Task<int>>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task outer = pool.RunAsync(
            _ =>
            {
                submitted.SetResult(pool.RunAsync(Next, 1));
                gate.Wait();
            },
            0);
        Task<int> inner = await submitted.Task.Time();
        Task<int> waiting = Task.Factory.StartNew(() => inner.Result, TaskCreationOptions.LongRunning);
        await Task.Delay(TimeSpan.FromSeconds(1.2)); // four looks
        gate.Set();
        await outer.Time();
        (await waiting.Time()).ShouldBe(2);
    }

    // Who blocks its thread cannot be told for certain, so that takes long; not here.
    private static ThreadExecutor New(int workers) =>
        new(new ExecutorOptions { Workers = workers }, idleLimit: null, guessedStandstill: TimeSpan.FromMilliseconds(500));

    // To be asked again: a thread that has just ended a task may still have it at hand.
    private static int Alive(List<WeakReference> references)
    {
        GC.Collect();
        return references.Count(reference => reference.IsAlive);
    }

    private static int Next(int x) => x + 1;

    private sealed record Link(int Number);
}
