using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Tests.Contexts;

/// <summary>What is each context's own, what is everybody's, and what is left of a context.</summary>
public sealed class ContextStateTests
{
    private static int _ownCount;

    [Fact]
    public async Task Each_worker_has_statics_of_its_own_which_last_as_long_as_it_does()
    {
        await using var one = new ContextExecutor(workers: 1);
        await using var other = new ContextExecutor(workers: 1);
        for (int i = 1; i <= 3; i++)
            (await one.RunAsync((int by) => _ownCount += by, 1).Time()).ShouldBe(i);
        (await other.RunAsync((int by) => _ownCount += by, 1).Time()).ShouldBe(1);
        _ownCount.ShouldBe(0);
    }

    [Fact]
    public async Task Statics_of_libraries_that_the_work_calls_are_each_workers_own_too()
    {
        int before = Statics.Increment(1);
        await using var one = new ContextExecutor(workers: 1);
        await using var other = new ContextExecutor(workers: 1);
        (await one.RunAsync((int by) => Statics.Increment(by), 10).Time()).ShouldBe(10);
        (await one.RunAsync((int by) => Statics.Increment(by), 10).Time()).ShouldBe(20);
        (await other.RunAsync((int by) => Statics.Increment(by), 5).Time()).ShouldBe(5);
        Statics.Count.ShouldBe(before);
    }

    [Fact]
    public async Task A_library_that_is_not_thread_safe_counts_right_in_as_many_contexts_as_one_likes()
    {
        await using var pool = new ContextExecutor(workers: 4);
        int[] counts = [.. await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => pool.RunAsync((int times) => CountTo(times), 200_000))).Time()];
        counts.ShouldAllBe(count => count == 200_000);
    }

    [Fact]
    public async Task Each_worker_stays_on_one_thread()
    {
        await using var pool = new ContextExecutor(workers: 1);
        int first = await pool.RunAsync((int _) => Environment.CurrentManagedThreadId, 0).Time();
        for (int i = 0; i < 20; i++)
            (await pool.RunAsync(static async (int _) => { int id = Environment.CurrentManagedThreadId; await Task.Yield(); return id; }, 0).Time()).ShouldBe(first);
    }

    [Fact]
    public async Task Whoever_interrupts_the_threads_of_an_idle_executor_harms_nobody()
    {
        string name = $"MANYHANDS_THREAD_{Guid.NewGuid():N}";
        await using var pool = new ContextExecutor(workers: 1);
        for (int i = 0; i < 20; i++)
        {
            Thread? completions = null;
            AppContext.SetData(name, null);
            Task executed = pool.RunAsync(Appear, name).ContinueWith(
                _ => completions = Thread.CurrentThread, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            AppContext.SetData(name, "go"); // only now: the continuation of a task that has ended would run on this thread
            await executed.Time();
            var worker = (Thread)AppContext.GetData(name)!;
            foreach (Thread thread in (Thread[])[worker, completions!])
            {
                // A busy machine may make the continuation look stuck: then its thread has been replaced, and ends.
                await Within.Until(() => !thread.IsAlive || (thread.ThreadState & ThreadState.WaitSleepJoin) != 0);
                thread.Interrupt();
            }

            (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
        }
    }

    private static void Appear(string name)
    {
        while (AppContext.GetData(name) is null)
            Waiting.For(1);
        AppContext.SetData(name, Thread.CurrentThread);
    }

    [Fact]
    public async Task The_framework_the_contract_the_directory_variables_and_native_state_are_everybodys()
    {
        string name = $"MANYHANDS_TEST_{Guid.NewGuid():N}";
        await using var pool = new ContextExecutor(workers: 1);
        (await pool.RunAsync(Statics.ContextOfTheContract, 0).Time()).ShouldBe("Default");
        await pool.RunAsync((string name) => AppContext.SetData(name, "seen"), name).Time();
        AppContext.GetData(name).ShouldBe("seen");
        await pool.RunAsync((string name) => Environment.SetEnvironmentVariable(name, "set"), name).Time();
        Environment.GetEnvironmentVariable(name).ShouldBe("set");
        Environment.SetEnvironmentVariable(name, null);
        await pool.RunAsync(Statics.SetNative, (name, "native")).Time();
        Statics.GetNative(name).ShouldBe("native");
        (await pool.RunAsync((int _) => Environment.CurrentDirectory, 0).Time()).ShouldBe(Environment.CurrentDirectory);
    }

    [Fact]
    public async Task A_worker_that_retires_takes_its_statics_along()
    {
        await using var pool = new ContextExecutor(new ContextExecutorOptions { Workers = 1, Retire = new Retirement { AfterTasks = 2 } });
        var counts = new List<int>();
        for (int i = 0; i < 6; i++)
            counts.Add(await pool.RunAsync(Statics.Increment, 1).Time());
        counts.ShouldBe([1, 2, 1, 2, 1, 2]);
    }

    [Fact]
    public async Task The_initializer_runs_in_the_context_of_its_worker()
    {
        int before = Statics.Count;
        await using var pool = new ContextExecutor(new ContextExecutorOptions { Workers = 1, Initializer = WorkerInitializer.Of((int by) => { Statics.Increment(by); }, 41) });
        (await pool.RunAsync(Statics.Increment, 1).Time()).ShouldBe(42);
        Statics.Count.ShouldBe(before);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_context_is_unloaded_after_its_executor_where_that_was_asked_for(bool collectible)
    {
        List<string> names = await Use(collectible);
        names.Distinct().Count().ShouldBe(2);
        if (collectible)
            await Within.Until(() => !names.Exists(IsLoaded));
        else
            names.TrueForAll(IsLoaded).ShouldBeTrue();
    }

    [Fact]
    public async Task Workers_of_an_executor_that_nobody_holds_any_more_go()
    {
        string context = await RunAndForget();
        await Within.Until(() => !IsLoaded(context));
    }

    [Fact]
    public void What_cannot_be_kept_is_refused()
    {
        var error = Should.Throw<ArgumentException>(() => new ContextExecutor(new ContextExecutorOptions { Retire = new Retirement { AboveBytes = 1 << 20 } }));
        error.Message.ShouldContain("Retire.AboveBytes");
        Should.Throw<ArgumentOutOfRangeException>(() => new ContextExecutor(0));
    }

    [Fact]
    public async Task Captures_are_refused_as_for_processes()
    {
        int captured = 3;
        await using var pool = new ContextExecutor(workers: 1);
        Should.Throw<ArgumentException>(() => { _ = pool.RunAsync((int number) => number + captured, 1); }).Message.ShouldContain("'captured'");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<string> RunAndForget() =>
        (await new ContextExecutor(new ContextExecutorOptions { Workers = 1, Collectible = true }).RunAsync(Statics.Context, 0).Time())!;

    // In a method of its own, so that no frame of the test keeps anything.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<List<string>> Use(bool collectible)
    {
        await using var pool = new ContextExecutor(new ContextExecutorOptions { Workers = 2, Collectible = collectible });
        var names = new HashSet<string>();
        while (names.Count < 2)
        {
            foreach (string? name in await Task.WhenAll(pool.RunAsync(Slowly, 0), pool.RunAsync(Slowly, 0)).Time())
                names.Add(name!);
        }

        (await pool.RunAsync((Order order) => order with { Number = order.Number + 1 }, new Order("JSON", 1)).Time()).ShouldBe(new Order("JSON", 2));
        await Should.ThrowAsync<InvalidDataException>(() => pool.RunAsync((int _) => { throw new InvalidDataException("from there"); }, 0).Time());
        await pool.CloseAsync().Time();
        return [.. names];
    }

    private static string? Slowly(int ignored)
    {
        Waiting.For(10);
        return Statics.Context(0);
    }

    private static int CountTo(int times)
    {
        int before = Statics.Count;
        for (int i = 0; i < times; i++)
            Statics.Increment(1);
        return Statics.Count - before;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsLoaded(string name)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return AssemblyLoadContext.All.Any(context => context.Name == name);
    }

    public sealed record Order(string Name, int Number);
}
