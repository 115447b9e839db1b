using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Tests.Threads;

/// <summary>Who waits for the end of an executor inside of what the executor waits for hears of it at once; the executor is closing all the same.</summary>
public sealed class ClosingFromInside
{
    private static readonly TimeSpan _never = TimeSpan.FromDays(1);

    private readonly ExecutorOptions _options = new() { Workers = 2, KillAfter = _never };

    [Theory]
    [InlineData(CloseMode.Drain)]
    [InlineData(CloseMode.Cancel)]
    public async Task A_task_that_waits_for_the_end_of_its_own_executor_fails(CloseMode mode)
    {
        foreach (Func<Executor, Task> close in Ways(mode))
        {
            var pool = new ThreadExecutor(_options);
            (await Should.ThrowAsync<ExecutorDeadlockException>(() => pool.RunAsync(close, (Executor)pool).Time())).Message.ShouldContain("task");
            Should.Throw<ObjectDisposedException>(() => pool.RunAsync(Arithmetic.AddOne, 1));
            await pool.CloseAsync().Time();
        }
    }

    [Theory]
    [InlineData(CloseMode.Drain)]
    [InlineData(CloseMode.Cancel)]
    public async Task So_does_one_of_a_hybrid_executor_and_one_inside_of_another_executors_task(CloseMode mode)
    {
        foreach (Func<Executor, Task> close in Ways(mode))
        {
            var hybrid = new HybridExecutor(new ThreadExecutor(_options), new ThreadExecutor(_options));
            await Should.ThrowAsync<ExecutorDeadlockException>(() => hybrid.RunAsync(close, (Executor)hybrid).Time());
            await hybrid.CloseAsync().Time();

            var outer = new ThreadExecutor(_options);
            await using var inner = new ThreadExecutor(_options);
            await Should.ThrowAsync<ExecutorDeadlockException>(() => outer.RunAsync(pool => inner.RunAsync(close, pool), (Executor)outer).Time());
            await outer.CloseAsync().Time();
        }
    }

    [Fact]
    public async Task A_task_that_has_itself_killed_with_its_executor_is_given_up_and_hears_of_the_end()
    {
        foreach (Func<Executor, Task> close in Ways(CloseMode.Kill))
        {
            var pool = new ThreadExecutor(_options);
            var heard = new TaskCompletionSource();
            await Should.ThrowAsync<ObjectDisposedException>(() => pool.RunAsync(CloseAndTell, (Executor)pool).Time());
            await pool.CloseAsync().Time();
            await heard.Task.Time();

            async Task CloseAndTell(Executor pool)
            {
                await close(pool);
                heard.SetResult();
            }
        }
    }

    [Fact]
    public async Task A_map_over_an_executor_that_one_of_its_tasks_closes_ends_with_the_same_error()
    {
        var pool = new ThreadExecutor(_options);
        await Should.ThrowAsync<ExecutorDeadlockException>(() => pool.MapAsync([1, 2, 3], _ => pool.CloseAsync().Wait(Within.Limit)).ToList().Time().Unwrapped());
        await pool.CloseAsync().Time();
    }

    [Fact]
    public async Task A_task_may_close_its_executor_and_not_wait()
    {
        var pool = new ThreadExecutor(_options);
        (await pool.RunAsync(
            pool =>
            {
                _ = pool.CloseAsync();
                return 7;
            },
            (Executor)pool).Time()).ShouldBe(7);
        await pool.CloseAsync().Time();
    }

    [Fact]
    public async Task A_task_may_close_another_executor_and_what_it_has_left_behind_may_close_its_own()
    {
        var pool = new ThreadExecutor(_options);
        var other = new ThreadExecutor(_options);
        var ended = new TaskCompletionSource();
        Task closing = Task.CompletedTask;
        await pool.RunAsync(
            async other =>
            {
                closing = CloseBehind(pool, ended.Task);
                await other.CloseAsync();
            },
            (Executor)other).Time();
        ended.SetResult();
        await closing.Time();

        static async Task CloseBehind(Executor pool, Task ended)
        {
            await ended;
            await pool.CloseAsync();
        }
    }

    [Fact]
    public async Task An_initializer_and_an_observer_hear_of_it_too()
    {
        Executor? pool = null;
        Exception? seen = null;
        void Close(int argument)
        {
            try
            {
                pool!.CloseAsync().Wait(Within.Limit).ShouldBeTrue();
            }
            catch (AggregateException error)
            {
                seen = error.InnerException;
            }
        }

        pool = new ThreadExecutor(_options with { Initializer = WorkerInitializer.Of(Close, 1) });
        await pool.RunAsync(Arithmetic.AddOne, 1).Time();
        await pool.CloseAsync().Time();
        seen.ShouldBeOfType<ExecutorDeadlockException>().Message.ShouldContain("initializer");

        seen = null;
        pool = new ThreadExecutor(_options with { Observer = new Calling(() => Close(1)) });
        await pool.RunAsync(Arithmetic.AddOne, 1).Time();
        await pool.CloseAsync().Time();
        seen.ShouldBeOfType<ExecutorDeadlockException>().Message.ShouldContain("observer");
    }

    [Fact]
    public async Task A_task_in_a_context_hears_of_it_too()
    {
        string name = $"{nameof(ClosingFromInside)} {Guid.NewGuid()}";
        var pool = new ContextExecutor(new ContextExecutorOptions { Workers = 1, KillAfter = _never });
        AppContext.SetData(name, pool);
        (await Should.ThrowAsync<ExecutorDeadlockException>(() => pool.RunAsync(CloseNamed, name).Time().Unwrapped())).Message.ShouldContain("task");
        await pool.CloseAsync().Time();
        AppContext.SetData(name, null);
    }

    private static void CloseNamed(string name) => ((Executor)AppContext.GetData(name)!).CloseAsync().Wait(Within.Limit);

    private static Func<Executor, Task>[] Ways(CloseMode mode) =>
    [
        async pool => await pool.CloseAsync(mode),
        async pool =>
        {
            await Task.Yield();
            await pool.CloseAsync(mode);
        },
        async pool =>
        {
            await Task.Yield();
            pool.CloseAsync(mode).GetAwaiter().GetResult();
        },
        pool =>
        {
            pool.CloseAsync(mode).GetAwaiter().GetResult();
            return Task.CompletedTask;
        },
        async pool => await Task.Run(() => pool.CloseAsync(mode)),
        async pool =>
        {
            if (mode == CloseMode.Cancel)
                await pool.DisposeAsync();
            else
                await pool.CloseAsync(mode);
        },
    ];

    private sealed class Calling(Action action) : ExecutorObserver
    {
        public override void Observe(ExecutorEvent executorEvent) => action();
    }
}

internal static class Unwrapping
{
    /// <summary>Throws what stands in an <see cref="AggregateException"/> of a blocking wait.</summary>
    public static async Task Unwrapped(this Task task)
    {
        try
        {
            await task;
        }
        catch (AggregateException error)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error.InnerException!);
        }
    }
}
