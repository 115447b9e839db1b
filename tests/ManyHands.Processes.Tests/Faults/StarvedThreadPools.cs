using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>A thread pool that is full of blocked items, the worker's or the application's, holds up nothing that the library does.</summary>
public sealed class StarvedThreadPools
{
    [Fact, Fault(33)]
    public async Task Work_that_listens_to_its_token_is_told_though_its_workers_pool_is_starved()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1, KillAfter = TimeSpan.FromMinutes(5) });
        await pool.RunAsync(Starving.Pool, 500).Time();
        using var files = new Files();
        string begun = files.New();
        using var cancel = new CancellationTokenSource();
        Task<string> task = pool.RunAsync(Waiting.ForFilePolitely, (begun, files.New()), cancel.Token);
        await Within.Until(() => File.Exists(begun));
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => task.Time());
        pool.Snapshot().WorkersKilled.ShouldBe(0);

        string second = files.New();
        await Should.ThrowAsync<TaskTimeoutException>(() => pool.RunAsync(
            Waiting.ForFilePolitely, (second, files.New()), new SubmitOptions { Timeout = TimeSpan.FromMilliseconds(200) }).Time());
        pool.Snapshot().WorkersKilled.ShouldBe(0);
    }

    [Theory, Fault(33)]
    [InlineData("processes")]
    [InlineData("threads")]
    [InlineData("contexts")]
    public async Task An_application_whose_pool_is_starved_gets_its_results_errors_and_cancellations(string executor)
    {
        await using var parent = ParentProgram.Start(folder: null, "starved", executor);
        for (int i = 0; i < 8; i++)
            (await parent.ReadLine()).ShouldEndWith("ended");
        (await parent.Ended()).ShouldBe(0);
    }
}
