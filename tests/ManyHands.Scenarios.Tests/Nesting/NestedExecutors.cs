namespace ManyHands.Scenarios.Tests.Nesting;

/// <summary>Executors, pools and programs inside of tasks: they work, and they have an end.</summary>
public abstract class NestedExecutors<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    private const string NoLevels = "Threads add no level of processes.";

    [SkippableTheory]
    [InlineData(CloseMode.Drain)]
    [InlineData(CloseMode.Kill)]
    [Ported("loky/_test_process_executor/test_max_depth")]
    [Fault(39)]
    public async Task The_deepest_level_works_and_one_below_it_is_refused_by_name(CloseMode mode)
    {
        NeedsProcesses(NoLevels);
        (await Pool.RunAsync(Nested.Down, (3, mode)).Time()).ShouldBe(42); // with this one the four levels that are allowed
        Exception error = await Should.ThrowAsync<Exception>(() => Pool.RunAsync(Nested.Down, (4, mode)).Time());
        error.ToString().ShouldContain(nameof(ExecutorNestingException));
        error.Message.ShouldContain("4");
    }

    [SkippableFact]
    [Ported("loky/test_reusable_executor/test_no_deadlock_on_nested_reusable_exector")]
    public async Task Workers_that_leave_executors_of_their_own_open_hold_up_no_closing()
    {
        NeedsProcesses(NoLevels);
        Executor pool = New(workers: 2);
        (await Task.WhenAll(pool.RunAsync(Nested.SquareAndForget, 1), pool.RunAsync(Nested.SquareAndForget, 2)).Time()).ShouldBe([5, 13]);
        await pool.CloseAsync().Time();
    }

    [Fact]
    [Ported("pebble/test_process_pool/test_process_pool_child_process")]
    public async Task A_task_can_start_a_program() => (await Pool.RunAsync(Nested.StartProgram, 1).Time()).ShouldBe(1);

    [Fact]
    [Ported("pebble/test_process_pool/test_process_pool_child_pool")]
    public async Task A_task_can_use_an_executor_of_threads() => (await Pool.RunAsync(Nested.UseThreads, 0).Time()).ShouldBe(1);

    [Fact]
    [Ported("pebble/test_process_pool/test_process_pool_child_pebble")]
    public async Task A_task_can_use_an_executor_of_processes() => (await Pool.RunAsync(Nested.UseProcesses, 0).Time()).ShouldBe(1);

    [Fact]
    [Ported("joblib/test_parallel/test_nested_parallelism_limit[threading]")]
    public async Task Threads_may_be_nested_below_every_kind() => (await Pool.RunAsync(Nested.ThreadsDown, 3).Time()).ShouldBe(3);

    [SkippableFact]
    [Ported("joblib/test_parallel/test_nested_parallelism_limit[loky]")]
    public async Task Below_the_last_level_of_processes_there_are_threads()
    {
        NeedsProcesses(NoLevels);
        string[] kinds = await Pool.RunAsync(Nested.Kinds, 5).Time();
        kinds.ShouldBe(
            [nameof(ProcessExecutor), nameof(ProcessExecutor), nameof(ProcessExecutor), nameof(ThreadExecutor), nameof(ThreadExecutor)]);
    }

    [SkippableFact]
    [Ported("joblib/issue_688/recursion_bomb")]
    [Fault(39)]
    public async Task Work_that_nests_without_end_ends_by_itself_with_a_bounded_number_of_processes()
    {
        NeedsProcesses(NoLevels);
        string noted = NewFile();
        (await Pool.RunAsync(Nested.Explode, noted).Time()).ShouldBe(27);
        int[] pids = [.. Beginning.Noted(noted).Distinct()];
        pids.Length.ShouldBeInRange(4, 65);
        await Within.Until(() => pids.Count(Processes.IsAlive) <= 1); // its own worker is kept
    }
}

public sealed class NestedExecutorsOnThreads(SharedExecutor<OnThreads> shared) : NestedExecutors<OnThreads>(shared);

public sealed class NestedExecutorsOnContexts(SharedExecutor<OnContexts> shared) : NestedExecutors<OnContexts>(shared);

public sealed class NestedExecutorsOnProcesses(SharedExecutor<OnProcesses> shared) : NestedExecutors<OnProcesses>(shared);
