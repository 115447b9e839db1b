using ManyHands.Conformance.Work;

namespace ManyHands.Conformance;

/// <summary>
/// What every executor promises, written once. Each back end inherits it in one line; what only some can promise asks for their
/// <see cref="ExecutorTraits"/>.
/// </summary>
public abstract partial class ExecutorContract<TFixture> : IDisposable
    where TFixture : ExecutorFixture, new()
{
    private readonly TFixture _fixture = new();
    private readonly Files _files = new();

    [Fact]
    public async Task Work_runs_and_its_result_comes_back()
    {
        await using Executor pool = New();
        (await pool.RunAsync(Arithmetic.AddOne, 41).Time()).ShouldBe(42);
    }

    [Fact]
    public async Task All_eight_kinds_of_work_run()
    {
        await using Executor pool = New();
        (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
        (await pool.RunAsync(Arithmetic.WithToken, 7).Time()).ShouldBe(7);
        (await pool.RunAsync(Arithmetic.Async, 1).Time()).ShouldBe(2);
        (await pool.RunAsync(Arithmetic.AsyncWithToken, 1).Time()).ShouldBe(2);
        await pool.RunAsync(Arithmetic.Nothing, 1).Time();
        await pool.RunAsync(Arithmetic.NothingWithToken, 1).Time();
        await pool.RunAsync(Arithmetic.AsyncNothing, 1).Time();
        await pool.RunAsync(Arithmetic.AsyncNothingWithToken, 1).Time();
    }

    [Fact]
    public async Task Lambdas_without_captures_run_as_methods_do()
    {
        await using Executor pool = New();
        (await pool.RunAsync((int number) => number * 2, 21).Time()).ShouldBe(42);
        (await pool.RunAsync(static async (int number) => { await Task.Yield(); return number * 2; }, 21).Time()).ShouldBe(42);
        (await pool.RunAsync(static (int number, CancellationToken token) => token.CanBeCanceled ? number : 0, 21).Time()).ShouldBe(21);
    }

    [Fact]
    public async Task Generic_work_runs_with_its_own_types()
    {
        await using Executor pool = New();
        (await pool.RunAsync(Arithmetic.EchoAny<string>, "text").Time()).ShouldBe("text");
        (await pool.RunAsync(Arithmetic.EchoAny<Point>, new Point(1, -2)).Time()).ShouldBe(new Point(1, -2));
    }

    [Fact]
    public async Task Null_is_an_argument_like_any_other()
    {
        await using Executor pool = New();
        (await pool.RunAsync<string?, string>(Arithmetic.EchoText, null).Time()).ShouldBe("null");
    }

    [Fact]
    public async Task Big_values_arrive_whole()
    {
        byte[] bytes = new byte[5_000_000];
        new Random(1).NextBytes(bytes);
        await using Executor pool = New();
        byte[] back = await pool.RunAsync(Arithmetic.EchoBytes, bytes).Time();
        back.AsSpan().SequenceEqual(bytes).ShouldBeTrue();
    }

    [Fact]
    public async Task Values_that_are_changed_after_the_call_arrive_as_they_were_where_arguments_are_copied()
    {
        await using Executor pool = New(new() { Workers = 1 });
        if (!pool.Traits.CopiesArguments)
            return; // by contract the same object is seen there
        string gate = _files.New();
        Task<string> blocker = pool.RunAsync(Waiting.ForFile, (_files.New(), gate));
        byte[] bytes = [1, 2, 3];
        Task<byte[]> echo = pool.RunAsync(Arithmetic.EchoBytes, bytes);
        bytes[0] = 99;
        Files.Open(gate);
        (await echo.Time()).ShouldBe([1, 2, 3]);
        await blocker.Time();
    }

    [Fact]
    public async Task The_callers_culture_travels_with_the_work()
    {
        var before = System.Globalization.CultureInfo.CurrentCulture;
        await using Executor pool = New();
        try
        {
            System.Globalization.CultureInfo.CurrentCulture = System.Globalization.CultureInfo.GetCultureInfo("de-DE");
            Task<string> german = pool.RunAsync(Arithmetic.Culture, 1234.5);
            System.Globalization.CultureInfo.CurrentCulture = System.Globalization.CultureInfo.GetCultureInfo("en-US");
            Task<string> english = pool.RunAsync(Arithmetic.Culture, 1234.5);
            (await german.Time()).ShouldBe("1.234,50");
            (await english.Time()).ShouldBe("1,234.50");
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task A_task_per_worker_runs_at_the_same_time()
    {
        await using Executor pool = New(new() { Workers = 3 });
        string gate = _files.New();
        string[] begun = [_files.New(), _files.New(), _files.New()];
        Task<string>[] tasks = [.. begun.Select(file => pool.RunAsync(Waiting.ForFile, (file, gate)))];
        await Within.Until(() => begun.All(File.Exists));
        Files.Open(gate);
        await Task.WhenAll(tasks).Time();
    }

    [Fact]
    public async Task Many_threads_may_submit_at_once()
    {
        await using Executor pool = New();
        Task<int>[] sums = [.. Enumerable.Range(0, 10).Select(thread => Task.Run(async () =>
        {
            int sum = 0;
            for (int i = 0; i < 100; i++)
                sum += await pool.RunAsync(Arithmetic.AddOne, (thread * 100) + i);
            return sum;
        }))];
        (await Task.WhenAll(sums).Time()).Sum().ShouldBe(Enumerable.Range(0, 1000).Sum() + 1000);
    }

    [Fact]
    public async Task Ten_thousand_tasks_at_once_give_ten_thousand_results()
    {
        await using Executor pool = New();
        Task<int>[] tasks = [.. Enumerable.Range(0, 10_000).Select(number => pool.RunAsync(Arithmetic.AddOne, number))];
        int[] results = await Task.WhenAll(tasks).Time();
        results.ShouldBe(Enumerable.Range(1, 10_000));
    }

    [Fact]
    public async Task Work_may_be_submitted_from_the_end_of_other_work()
    {
        await using Executor pool = New();
        int last = 0;
        for (int i = 0; i < 100; i++)
            last = await await pool.RunAsync(Arithmetic.AddOne, last).ContinueWith(done => pool.RunAsync(Arithmetic.Echo, done.Result), TaskScheduler.Default);
        last.ShouldBe(100);
    }

    [Fact]
    public async Task A_caller_that_blocks_after_its_await_stops_nobody()
    {
        await using Executor pool = New(new() { Workers = 1 });
        await Task.Run(AwaitThenBlock).Time();

        // If an await resumed on a thread of the executor, blocking there would leave nobody to give the result.
        async Task AwaitThenBlock()
        {
            for (int i = 0; i < 20; i++)
            {
                await pool.RunAsync(Arithmetic.AddOne, i);
                pool.RunAsync(Arithmetic.AddOne, i).Wait(Within.Limit).ShouldBeTrue();
            }
        }
    }

    [Fact]
    public async Task An_initializer_has_run_before_the_first_task()
    {
        await using Executor pool = New(new() { Workers = 1, Initializer = WorkerInitializer.Of(Arithmetic.SetCounter, 17) });
        (await pool.RunAsync(Arithmetic.ReadCounter, 0).Time()).ShouldBe(17);
    }

    [Fact, Fault(28)]
    public async Task An_initializer_that_always_fails_breaks_the_executor_with_its_own_error()
    {
        await using Executor pool = New(new() { Workers = 1, Initializer = WorkerInitializer.Of(Failing.FailToStart, "no licence") });
        var error = await Should.ThrowAsync<ExecutorBrokenException>(() => pool.RunAsync(Arithmetic.AddOne, 1).Time());
        error.InnerException.ShouldBeOfType<WorkerStartException>().InnerException.ShouldBeOfType<InvalidOperationException>().Message.ShouldBe("no licence");
        Should.Throw<ExecutorBrokenException>(() => { _ = pool.RunAsync(Arithmetic.AddOne, 1); });
    }

    [Fact, Fault(28)]
    public async Task A_broken_executor_fails_fast_says_why_and_recovers_by_itself_once_the_cause_has_passed()
    {
        string cause = _files.New();
        Files.Open(cause);
        var log = new EventLog();
        await using Executor pool = New(new()
        {
            Workers = 2,
            Initializer = WorkerInitializer.Of(Failing.FailToStartWhile, cause),
            RestartLimit = new RestartLimit { Failures = 2, Window = TimeSpan.FromMilliseconds(200) },
            Observer = log,
        });
        pool.Snapshot().Broken.ShouldBeNull();
        await Should.ThrowAsync<ExecutorBrokenException>(() => pool.RunAsync(Arithmetic.AddOne, 1).Time());
        var error = await Should.ThrowAsync<ExecutorBrokenException>(async () => await pool.RunAsync(Arithmetic.AddOne, 1).Time());
        error.Message.ShouldContain("no space left, for now");
        error.NextTryIn.ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromSeconds(1.6));
        pool.Snapshot().Broken.ShouldNotBeNull().Cause.ShouldBeOfType<WorkerStartException>();
        await Within.Until(() => pool.Snapshot().Broken is { FailedStarts: > 2 }); // it tries, and goes on trying
        File.Delete(cause);
        await Within.Until(() => pool.Snapshot().Broken is null);
        (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
        log.Count<ExecutorBroken>().ShouldBe(1);
        log.Events.OfType<ExecutorRecovered>().Single().After.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public async Task The_snapshot_counts_what_happened()
    {
        await using Executor pool = New();
        await pool.RunAsync(Arithmetic.AddOne, 1).Time();
        await Should.ThrowAsync<InvalidOperationException>(() => pool.RunAsync(Failing.Throw, "no").Time());
        ExecutorSnapshot snapshot = pool.Snapshot();
        snapshot.Succeeded.ShouldBe(1);
        snapshot.Failed.ShouldBe(1);
        snapshot.Queued.ShouldBe(0);
        snapshot.Workers.Count.ShouldBeInRange(1, 2);
        snapshot.Launch.ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public async Task The_observer_hears_of_each_end_once()
    {
        var log = new EventLog();
        int limit = 2;
        await using (Executor pool = New(new() { Workers = 2, Observer = log }))
        {
            if (pool is AdaptiveExecutor)
                limit = int.MaxValue; // it decides how many, by what a task seems to be at on a machine that others use too
            await pool.MapAsync(Enumerable.Range(0, 500), Arithmetic.AddOne).ToList().Time();
            await Should.ThrowAsync<InvalidOperationException>(() => pool.RunAsync(Failing.Throw, "no").Time());
        }

        log.Events.OfType<TaskEnded>().Count(ended => ended.Outcome == TaskOutcome.Succeeded).ShouldBe(500);
        log.Events.OfType<TaskEnded>().Single(ended => ended.Outcome == TaskOutcome.Failed).Error.ShouldBeOfType<InvalidOperationException>();
        log.Count<WorkerStarted>().ShouldBeInRange(1, limit);
        log.Count<WorkerEnded>().ShouldBe(log.Count<WorkerStarted>());
    }

    [Fact]
    public async Task An_observer_that_throws_harms_nobody()
    {
        await using Executor pool = New(new() { Workers = 1, Observer = new ThrowingObserver() });
        (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
        pool.Snapshot().ObserverErrors.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused_by_name()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => New(new() { Workers = 0 })).ParamName.ShouldBe("Workers");
        Should.Throw<ArgumentOutOfRangeException>(() => New(new() { Headroom = 1 })).ParamName.ShouldBe("Headroom");
        Should.Throw<ArgumentOutOfRangeException>(() => New(new() { QueueLimit = 0 })).ParamName.ShouldBe("QueueLimit");
        Should.Throw<ArgumentOutOfRangeException>(() => New(new() { KillAfter = TimeSpan.FromSeconds(-1) })).ParamName.ShouldBe("KillAfter");
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _files.Dispose();
    }

    private Executor New(ExecutorOptions? options = null) => _fixture.Create(options ?? new ExecutorOptions { Workers = 2 });

    private sealed class ThrowingObserver : ExecutorObserver
    {
        public override void Observe(ExecutorEvent executorEvent) => throw new InvalidOperationException("The observer is broken.");
    }
}

/// <summary>A value that two integers make.</summary>
public readonly record struct Point(int X, int Y);
