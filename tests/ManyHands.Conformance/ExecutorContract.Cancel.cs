using ManyHands.Conformance.Work;

namespace ManyHands.Conformance;

/// <content>Cancelling, timeouts, closing.</content>
public abstract partial class ExecutorContract<TFixture>
{
    [Fact, Fault(34)]
    public async Task A_cancelled_task_that_has_not_started_never_runs()
    {
        await using Executor pool = New(new() { Workers = 1 });
        string begun = _files.New(), gate = _files.New(), proof = _files.New();
        Task<string> blocker = pool.RunAsync(Waiting.ForFile, (begun, gate));
        using var cancel = new CancellationTokenSource();
        Task<string> queued = pool.RunAsync(Waiting.Touch, proof, cancel.Token);
        await cancel.CancelAsync();
        var error = await Should.ThrowAsync<OperationCanceledException>(() => queued.Time());
        error.CancellationToken.ShouldBe(cancel.Token);
        Files.Open(gate);
        await blocker.Time();
        await pool.RunAsync(Arithmetic.AddOne, 1).Time();
        File.Exists(proof).ShouldBeFalse();
    }

    [Fact, Fault(34)]
    public async Task A_token_that_is_cancelled_already_submits_nothing()
    {
        await using Executor pool = New();
        string proof = _files.New();
        Task<string> task = pool.RunAsync(Waiting.Touch, proof, new CancellationToken(canceled: true));
        task.IsCanceled.ShouldBeTrue();
        await pool.CloseAsync().Time();
        File.Exists(proof).ShouldBeFalse();
    }

    [Fact]
    public async Task A_running_task_that_listens_stops_at_once_and_its_worker_stays()
    {
        await using Executor pool = New(new() { Workers = 1, KillAfter = TimeSpan.FromMinutes(5) });
        string begun = _files.New();
        using var cancel = new CancellationTokenSource();
        Task<string> task = pool.RunAsync(Waiting.ForFilePolitely, (begun, _files.New()), cancel.Token);
        await Within.Until(() => File.Exists(begun));
        await cancel.CancelAsync();
        (await Should.ThrowAsync<OperationCanceledException>(() => task.Time())).CancellationToken.ShouldBe(cancel.Token);
        (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
        pool.Snapshot().WorkersKilled.ShouldBe(0);
        pool.Snapshot().Abandoned.ShouldBe(0);
    }

    [Fact]
    public async Task An_asynchronous_task_that_listens_stops()
    {
        await using Executor pool = New(new() { Workers = 1 });
        string begun = _files.New();
        using var cancel = new CancellationTokenSource();
        Task<string> task = pool.RunAsync(Waiting.ForFileAsync, (begun, _files.New()), cancel.Token);
        await Within.Until(() => File.Exists(begun));
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => task.Time());
    }

    [Fact, Fault(15)]
    public async Task A_running_task_that_ignores_cancellation_ends_for_its_caller_and_the_pool_is_back_at_its_size()
    {
        await using Executor pool = New(new() { Workers = 1, KillAfter = TimeSpan.FromMilliseconds(50) });
        foreach (bool takesToken in (bool[])[true, false])
        {
            string begun = _files.New();
            using var cancel = new CancellationTokenSource();
            Task task = takesToken
                ? pool.RunAsync(Waiting.ForEverDespiteToken, begun, cancel.Token)
                : pool.RunAsync(Waiting.ForEver, begun, cancel.Token);
            await Within.Until(() => File.Exists(begun));
            await cancel.CancelAsync();
            (await Should.ThrowAsync<OperationCanceledException>(() => task.Time())).CancellationToken.ShouldBe(cancel.Token);
            (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
        }

        ExecutorSnapshot snapshot = pool.Snapshot();
        (snapshot.WorkersKilled + snapshot.Abandoned).ShouldBe(2);
        if (pool.Traits.CanKill)
            snapshot.Abandoned.ShouldBe(0); // who does not promise it may do it all the same
    }

    [Fact, Fault(15)]
    public async Task A_task_that_takes_longer_than_its_timeout_fails_with_a_timeout()
    {
        await using Executor pool = New(new() { Workers = 1, KillAfter = TimeSpan.FromMilliseconds(50) });
        var options = new SubmitOptions { Timeout = TimeSpan.FromMilliseconds(100), Name = "for ever" };
        var error = await Should.ThrowAsync<TaskTimeoutException>(() => pool.RunAsync(Waiting.ForEver, _files.New(), options).Time());
        error.Timeout.ShouldBe(TimeSpan.FromMilliseconds(100));
        error.Message.ShouldContain("for ever");
        (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
    }

    [Fact]
    public async Task Time_in_the_queue_does_not_count_toward_the_timeout()
    {
        await using Executor pool = New(new() { Workers = 1 });
        string begun = _files.New(), gate = _files.New();
        Task<string> blocker = pool.RunAsync(Waiting.ForFile, (begun, gate));
        Task<int> queued = pool.RunAsync(Arithmetic.AddOne, 1, new SubmitOptions { Timeout = TimeSpan.FromSeconds(20) });
        Task<int> shortest = pool.RunAsync(Waiting.For, 1, new SubmitOptions { Timeout = TimeSpan.FromSeconds(19) });
        await Within.Until(() => File.Exists(begun));
        await Task.Delay(50);
        Files.Open(gate);
        (await queued.Time()).ShouldBe(2);
        (await shortest.Time()).ShouldBe(1);
        await blocker.Time();
    }

    [Fact]
    public async Task Cancelling_one_task_does_not_touch_its_neighbours()
    {
        await using Executor pool = New(new() { Workers = 2, KillAfter = TimeSpan.FromMilliseconds(20) });
        string begun = _files.New(), neighbourBegun = _files.New(), gate = _files.New();
        using var cancel = new CancellationTokenSource();
        Task victim = pool.RunAsync(Waiting.ForEver, begun, cancel.Token);
        Task<string> neighbour = pool.RunAsync(Waiting.ForFile, (neighbourBegun, gate));
        Task<int>[] queued = [.. Enumerable.Range(0, 50).Select(number => pool.RunAsync(Arithmetic.AddOne, number))];
        await Within.Until(() => File.Exists(begun) && File.Exists(neighbourBegun));
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => victim.Time());
        Files.Open(gate);
        await neighbour.Time();
        (await Task.WhenAll(queued).Time()).ShouldBe(Enumerable.Range(1, 50));
    }

    [Fact, Fault(34)]
    public async Task A_task_that_is_cancelled_at_any_moment_ends_exactly_once()
    {
        var log = new EventLog();
        var random = new Random(7);
        const int count = 400;
        int succeeded = 0, cancelled = 0;
        await using (Executor pool = New(new() { Workers = 2, Observer = log, KillAfter = TimeSpan.FromSeconds(30) }))
        {
            for (int round = 0; round < count / 20; round++)
            {
                using var cancel = new CancellationTokenSource();
                Task[] tasks = [.. Enumerable.Range(0, 20).Select(number => (Task)pool.RunAsync(Arithmetic.AsyncNothingWithToken, number, cancel.Token))];
                for (int spin = random.Next(200); spin > 0; spin--)
                    await Task.Yield();
                await cancel.CancelAsync();
                foreach (Task task in tasks)
                {
                    await task.ContinueWith(_ => { }, TaskScheduler.Default).Time();
                    task.IsFaulted.ShouldBeFalse(task.Exception?.ToString());
                    _ = task.IsCanceled ? cancelled++ : succeeded++;
                }
            }

            ExecutorSnapshot snapshot = pool.Snapshot();
            snapshot.Succeeded.ShouldBe(succeeded);
            snapshot.Cancelled.ShouldBe(cancelled);
        }

        (succeeded + cancelled).ShouldBe(count);
        log.Count<TaskEnded>().ShouldBe(count);
    }

    [Fact]
    public async Task A_future_can_be_awaited_asked_and_cancelled()
    {
        await using Executor pool = New(new() { Workers = 1 });
        string begun = _files.New(), gate = _files.New();
        Future<string> running = await pool.SubmitAsync(Waiting.ForFile, (begun, gate)).Time();
        Future<int> queued = await pool.SubmitAsync(Arithmetic.AddOne, 1).Time();
        Future<int> unwanted = await pool.SubmitAsync(Arithmetic.AddOne, 1).Time();
        await Within.Until(() => File.Exists(begun));
        running.State.ShouldBe(FutureState.Running);
        queued.State.ShouldBe(FutureState.Queued);
        running.Id.ShouldNotBe(queued.Id);
        unwanted.Cancel();
        unwanted.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => unwanted.Task.Time());
        Files.Open(gate);
        (await queued.Task.Time()).ShouldBe(2);
        (await running).ShouldBe(begun);
        running.State.ShouldBe(FutureState.Succeeded);
        unwanted.State.ShouldBe(FutureState.Cancelled);
    }

    [Fact]
    public async Task A_full_queue_makes_submitters_wait_and_try_submit_refuse()
    {
        await using Executor pool = New(new() { Workers = 1, QueueLimit = 2 });
        string begun = _files.New(), gate = _files.New();
        Future<string> running = await pool.SubmitAsync(Waiting.ForFile, (begun, gate)).Time();
        await Within.Until(() => File.Exists(begun));
        pool.TrySubmit(Arithmetic.AddOne, 1, out Future<int>? first).ShouldBeTrue();
        Future<int> second = await pool.SubmitAsync(Arithmetic.AddOne, 2).Time();
        pool.TrySubmit(Arithmetic.AddOne, 3, out Future<int>? third).ShouldBeFalse();
        third.ShouldBeNull();
        Task<Future<int>> waiting = pool.SubmitAsync(Arithmetic.AddOne, 4);
        Task<int> run = pool.RunAsync(Arithmetic.AddOne, 5);
        waiting.IsCompleted.ShouldBeFalse();
        Files.Open(gate);
        (await (await waiting.Time()).Task.Time()).ShouldBe(5);
        (await run.Time()).ShouldBe(6);
        (await first.Task.Time()).ShouldBe(2);
        (await second.Task.Time()).ShouldBe(3);
        await running;
    }

    [Fact]
    public async Task A_submission_that_is_cancelled_at_the_door_is_never_run()
    {
        await using Executor pool = New(new() { Workers = 1, QueueLimit = 1 });
        string begun = _files.New(), gate = _files.New(), proof = _files.New();
        Future<string> running = await pool.SubmitAsync(Waiting.ForFile, (begun, gate)).Time();
        await Within.Until(() => File.Exists(begun));
        Future<int> queued = await pool.SubmitAsync(Arithmetic.AddOne, 1).Time();
        using var cancel = new CancellationTokenSource();
        Task<Future<string>> waiting = pool.SubmitAsync(Waiting.Touch, proof, cancel.Token);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting.Time());
        Files.Open(gate);
        await queued.Task.Time();
        await running.Task.Time();
        File.Exists(proof).ShouldBeFalse();
    }

    [Fact]
    public async Task Closing_with_drain_lets_everything_end()
    {
        Executor pool = New();
        Task<int>[] tasks = [.. Enumerable.Range(0, 200).Select(number => pool.RunAsync(Arithmetic.AddOne, number))];
        await pool.CloseAsync(CloseMode.Drain).Time();
        tasks.ShouldAllBe(task => task.IsCompletedSuccessfully);
        Should.Throw<ObjectDisposedException>(() => { _ = pool.RunAsync(Arithmetic.AddOne, 1); });
        pool.Snapshot().Workers.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(CloseMode.Cancel)]
    [InlineData(CloseMode.Kill)]
    public async Task Closing_without_drain_fails_what_has_not_ended(CloseMode mode)
    {
        Executor pool = New(new() { Workers = 1, KillAfter = TimeSpan.FromMilliseconds(50) });
        string begun = _files.New(), proof = _files.New();
        Task running = pool.RunAsync(Waiting.ForEver, begun);
        Task queued = pool.RunAsync(Waiting.Touch, proof);
        await Within.Until(() => File.Exists(begun));
        await pool.CloseAsync(mode).Time();
        await Should.ThrowAsync<ObjectDisposedException>(() => running.Time());
        await Should.ThrowAsync<ObjectDisposedException>(() => queued.Time());
        File.Exists(proof).ShouldBeFalse();
        pool.Snapshot().Workers.ShouldBeEmpty();
    }

    [Fact]
    public async Task Closing_twice_and_closing_what_was_never_used_ends_at_once()
    {
        Executor pool = New();
        await pool.CloseAsync().Time();
        await pool.CloseAsync(CloseMode.Kill).Time();
        await pool.DisposeAsync().AsTask().Time();
    }

    [Fact, Fault(35)]
    [Ported("loky/test_reusable_executor/test_reusable_executor_submit_during_shutdown_race")]
    public async Task A_submission_during_closing_gives_a_result_or_is_refused_never_neither()
    {
        for (int round = 0; round < 5; round++)
        {
            Executor pool = New();
            await pool.RunAsync(Arithmetic.AddOne, 0).Time();
            using var start = new ManualResetEventSlim();
            Task<(int Results, int Refused)>[] submitters = [.. Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
                () => SubmitUntilRefused(pool, start), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap())];
            start.Set();
            await Task.Yield();
            await pool.CloseAsync(round % 2 == 0 ? CloseMode.Drain : CloseMode.Cancel).Time();
            (await Task.WhenAll(submitters).Time()).ShouldAllBe(submitter => submitter.Refused >= 1);
        }
    }

    private static async Task<(int Results, int Refused)> SubmitUntilRefused(Executor pool, ManualResetEventSlim start)
    {
        start.Wait();
        var tasks = new List<Task<int>>();
        int refused = 0;
        try
        {
            while (tasks.Count < 20_000)
                tasks.Add(pool.RunAsync(Arithmetic.AddOne, tasks.Count));
        }
        catch (ObjectDisposedException)
        {
            refused++;
        }

        int results = 0;
        foreach (Task<int> task in tasks)
        {
            try
            {
                await task.Time();
                results++;
            }
            catch (ObjectDisposedException)
            {
                refused++;
            }
        }

        // All 20,000 may have been taken before the executor closed.
        return (results, tasks.Count == 20_000 ? Math.Max(refused, 1) : refused);
    }
}
