using ManyHands.Conformance;

namespace ManyHands.Processes.Tests;

/// <summary>What a submission declares is a promise to it, whatever other submissions of the same method look like.</summary>
public sealed class AdaptiveKinds
{
    private static readonly MapOptions _computing = new() { Kind = WorkKind.Computing };

    [Fact]
    public async Task Work_declared_as_computing_stays_out_of_this_process_though_its_method_has_moved_to_threads()
    {
        await using var pool = new AdaptiveExecutor(new AdaptiveExecutorOptions { Workers = 2 });
        await MoveToThreadsAsync(pool);
        (await AllVerbsAsync(pool)).ShouldNotContain(Environment.ProcessId);
        (await pool.RunAsync(Adapting.WaitAndTell, 1).Time()).ShouldBe(Environment.ProcessId); // what declares nothing stays on threads
    }

    [Fact]
    public async Task Work_declared_as_computing_stays_out_of_this_process_inside_of_nested_hybrid_executors_too()
    {
        await using var adaptive = new AdaptiveExecutor(new AdaptiveExecutorOptions { Workers = 2 });
        await using var pool = new HybridExecutor(new HybridExecutor(adaptive, new ThreadExecutor(1)), new ThreadExecutor(1));
        await MoveToThreadsAsync(adaptive);
        (await AllVerbsAsync(pool)).ShouldNotContain(Environment.ProcessId);
    }

    [Fact]
    public async Task Declared_and_undeclared_tasks_that_wait_in_line_together_each_go_where_they_belong()
    {
        await using var pool = new AdaptiveExecutor(new AdaptiveExecutorOptions { Workers = 1 });
        Task<int>[] undeclared = [.. Enumerable.Range(0, 200).Select(_ => pool.RunAsync(Adapting.WaitAndTell, 5))];
        Task<int>[] declared = [.. Enumerable.Range(0, 100).Select(_ => pool.RunAsync(Adapting.WaitAndTell, 5, _computing))];
        await foreach (int pid in pool.MapUnorderedAsync(Enumerable.Repeat(5, 100), Adapting.WaitAndTell, _computing))
            pid.ShouldNotBe(Environment.ProcessId);
        (await Task.WhenAll(declared).Time()).ShouldNotContain(Environment.ProcessId);
        (await Task.WhenAll(undeclared).Time()).ShouldContain(Environment.ProcessId);
    }

    [Fact]
    public async Task Work_declared_as_computing_stays_out_of_this_process_when_workers_are_lost()
    {
        await using var pool = new AdaptiveExecutor(new AdaptiveExecutorOptions { Workers = 2 });
        var pids = new List<int>();
        var options = _computing with { OnFailure = OnFailure.Continue };
        await Should.ThrowAsync<MapFailedException>(async () =>
        {
            await foreach (int pid in pool.MapAsync(Enumerable.Range(0, 100), Adapting.WaitOrCrash, options))
                pids.Add(pid);
        });
        pids.Count.ShouldBe(95);
        pids.ShouldNotContain(Environment.ProcessId);
    }

    [Fact]
    public async Task Work_declared_as_waiting_leaves_this_process_once_its_method_has_cost_a_worker_its_life()
    {
        await using var pool = new AdaptiveExecutor(new AdaptiveExecutorOptions { Workers = 1 });
        var waiting = new MapOptions { Kind = WorkKind.Waiting };
        (await pool.RunAsync(Adapting.WaitOrCrash, 1, waiting).Time()).ShouldBe(Environment.ProcessId);
        await Should.ThrowAsync<WorkerLostException>(() => pool.RunAsync(Adapting.WaitOrCrash, 0).Time());
        (await pool.RunAsync(Adapting.WaitOrCrash, 1, waiting).Time()).ShouldNotBe(Environment.ProcessId);
        (await pool.MapAsync([1, 2, 3], Adapting.WaitOrCrash, waiting).ToList().Time()).ShouldNotContain(Environment.ProcessId);
    }

    private static async Task MoveToThreadsAsync(AdaptiveExecutor pool)
    {
        // Nothing is cancelled: a worker process that had to be killed would keep the method where it is.
        int[] pids;
        do
            pids = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => pool.RunAsync(Adapting.WaitAndTell, 10))).Time();
        while (!pids.Contains(Environment.ProcessId));
    }

    /// <summary>Submits the method in every way, as computing.</summary>
    /// <returns>Where its tasks ran.</returns>
    private static async Task<List<int>> AllVerbsAsync(Executor pool)
    {
        var pids = new List<int> { await pool.RunAsync(Adapting.WaitAndTell, 1, _computing).Time() };
        Future<int> submitted = await pool.SubmitAsync(Adapting.WaitAndTell, 1, _computing).Time();
        pool.TrySubmit(Adapting.WaitAndTell, 1, _computing, out Future<int>? tried).ShouldBeTrue();
        pids.AddRange([await submitted, await tried!]);
        pids.AddRange(await pool.MapAsync(Enumerable.Repeat(1, 30), Adapting.WaitAndTell, _computing).ToList().Time());
        pids.AddRange(await pool.MapUnorderedAsync(Enumerable.Repeat(1, 30), Adapting.WaitAndTell, _computing).ToList().Time());
        pids.AddRange(await pool.MapAsync(Enumerable.Repeat(0, 5000), Adapting.WaitAndTell, _computing).ToList().Time()); // so tiny that they travel in batches
        await pool.ForEachAsync([Environment.ProcessId], Adapting.ThrowHere, _computing).Time();
        return pids;
    }
}
