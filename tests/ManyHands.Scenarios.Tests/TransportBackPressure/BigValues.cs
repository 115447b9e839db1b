namespace ManyHands.Scenarios.Tests.TransportBackPressure;

/// <summary>Values that do not fit into the channel, and workers that die, are cancelled or closed while they are on their way.</summary>
public abstract class BigValues<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    // Pipes and socket buffers hold less everywhere.
    private const int Big = 5_000_000;

    [SkippableFact]
    [Ported("cpython/test_deadlock/test_crash_big_data", Stronger = true)]
    [Fault(46)]
    public async Task Workers_that_crash_over_big_arguments_deadlock_nobody()
    {
        NeedsProcesses();
        byte[] big = new byte[Big];
        Task<int> other = Pool.RunAsync(Arithmetic.AddOne, 1);
        Task<int>[] crashing = [.. Enumerable.Range(0, 10).Select(_ => Pool.RunAsync(BigData.Crash, big))];
        foreach (Task<int> task in crashing)
            (await Should.ThrowAsync<WorkerLostException>(() => task.Time())).Cause.ShouldBe(WorkerLossCause.Crashed);
        (await other.Time()).ShouldBe(2);
        (await Pool.RunAsync(BigData.Last, big).Time()).ShouldBe(0);
    }

    [SkippableFact]
    [Ported("loky/_test_process_executor/test_no_failure_on_large_data_send")]
    [Fault(14)]
    public async Task What_is_larger_than_the_limit_is_refused_by_name_and_what_is_not_arrives()
    {
        NeedsCopies();
        byte[] tooLarge = new byte[(1 << 30) + 1]; // never touched, so it costs no memory
        var error = Should.Throw<PayloadTooLargeException>(() => { _ = Pool.RunAsync(BigData.Last, tooLarge); });
        error.Limit.ShouldBe(1 << 30);
        error.Size.ShouldBeGreaterThan(1 << 30);
        byte[] large = new byte[50_000_000];
        large[^1] = 7;
        (await Pool.RunAsync(BigData.Last, large).Time()).ShouldBe(7);
    }

    [Fact]
    [Ported("pebble/test_process_pool/test_process_pool_large_data")]
    public async Task A_large_text_goes_there_and_back()
    {
        string text = new('a', 10_000_000);
        (await Pool.RunAsync(Arithmetic.EchoText, text).Time()).ShouldBe(text);
    }

    [Theory]
    [InlineData(CloseMode.Cancel)]
    [InlineData(CloseMode.Kill)]
    [Ported("pebble/test_process_pool/test_process_pool_stop_large_data")]
    public async Task Closing_waits_for_no_value_that_is_on_its_way(CloseMode mode)
    {
        Executor pool = New(workers: 1);
        string text = new('a', 20_000_000);
        Task<string>[] tasks = [.. Enumerable.Range(0, 3).Select(_ => pool.RunAsync(Arithmetic.EchoText, text))];
        await pool.CloseAsync(mode).Time();
        tasks.ShouldAllBe(task => task.IsCompleted);
        pool.Snapshot().Workers.ShouldBeEmpty();
    }

    [Fact]
    [Ported("pebble/test_process_pool_generic/test_big_values_and_cancellation")]
    public async Task Ten_big_tasks_are_cancelled_after_the_first_result_and_the_executor_closes()
    {
        Executor pool = New(new ExecutorOptions { Workers = 5, KillAfter = TimeSpan.FromMilliseconds(200) });
        using var cancel = new CancellationTokenSource();
        byte[] big = new byte[Big];
        Task<byte[]>[] tasks = [.. Enumerable.Range(0, 10).Select(_ => pool.RunAsync(BigData.EchoAfterATime, big, cancel.Token))];
        await Task.WhenAny(tasks).Time();
        await cancel.CancelAsync();
        await pool.CloseAsync(CloseMode.Kill).Time();
        tasks.ShouldAllBe(task => task.IsCompleted);
        tasks.Count(task => task.IsCompletedSuccessfully).ShouldBeGreaterThan(0);
        pool.Snapshot().Workers.ShouldBeEmpty();
    }
}

public sealed class BigValuesOnThreads(SharedExecutor<OnThreads> shared) : BigValues<OnThreads>(shared);

public sealed class BigValuesOnContexts(SharedExecutor<OnContexts> shared) : BigValues<OnContexts>(shared);

public sealed class BigValuesOnProcesses(SharedExecutor<OnProcesses> shared) : BigValues<OnProcesses>(shared);

public sealed class BigValuesOverPortableTransport(SharedExecutor<OverPortableTransport> shared) : BigValues<OverPortableTransport>(shared);
