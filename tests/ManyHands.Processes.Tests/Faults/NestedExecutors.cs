using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>Executors of processes inside of worker processes.</summary>
public sealed class NestedExecutors : IDisposable
{
    private readonly Files _files = new();

    [Fact, Fault(39)]
    public async Task Tasks_that_each_start_several_more_in_executors_of_their_own_come_to_an_end_and_leave_nothing()
    {
        string ledger = _files.New();
        await using (ProcessExecutor pool = FaultPool.Of(2))
        {
            int[] runs = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => pool.RunAsync(ForkBomb.Explode, (ledger, 4)))).Time();
            runs.ShouldAllBe(count => count > 1);
        }

        int[] pids = [.. (await File.ReadAllLinesAsync(ledger)).Select(int.Parse).Distinct()];
        pids.Length.ShouldBeInRange(3, 2 + 64); // the workers, and what Nesting allows below an application
        await Within.Until(() => !pids.Any(Signals.IsAlive));
    }

    [Fact, Fault(39), Fault(23)]
    public async Task When_a_worker_with_workers_is_killed_they_go_too()
    {
        string begun = _files.New();
        await using ProcessExecutor pool = FaultPool.Of(1);
        Task outer = pool.RunAsync(RunBelow, begun);
        int inner = await FaultPool.Begun(begun);
        Signals.Kill(pool.Snapshot().Workers[0].Pid ?? 0);
        await Should.ThrowAsync<WorkerLostException>(() => outer.Time());
        await Within.Until(() => !Signals.IsAlive(inner));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(13)]
    [InlineData(65)]
    [InlineData(200)]
    public async Task Executors_in_static_fields_beside_the_work_take_nothing_until_they_are_used(int workers)
    {
        await using ProcessExecutor pool = FaultPool.Of(workers);
        (await pool.RunAsync(BesideExecutors.AddOne, 1).Time()).ShouldBe(2);
        (await pool.RunAsync(BesideExecutors.AddOneBelow, 1).Time()).ShouldBe(2);
    }

    [Fact]
    public async Task An_executor_that_gets_no_process_any_more_says_so_when_it_is_used()
    {
        await using ProcessExecutor pool = FaultPool.Of(64); // one process for each of them
        (await pool.RunAsync(UseTwo, 1).Time()).ShouldBe("2, ExecutorNestingException, 2");
    }

    public void Dispose() => _files.Dispose();

    private static async Task<string> UseTwo(int number)
    {
        await using var first = new ProcessExecutor(workers: 3);
        await using var second = new ProcessExecutor(workers: 3);
        string said = $"{await first.RunAsync(Arithmetic.AddOne, number)}";
        try
        {
            await second.RunAsync(Arithmetic.AddOne, number);
        }
        catch (ExecutorNestingException error)
        {
            said += $", {error.GetType().Name}";
        }

        await first.CloseAsync();
        return $"{said}, {await second.RunAsync(Arithmetic.AddOne, number)}";
    }

    private static class BesideExecutors
    {
        private static readonly ProcessExecutor _pool = new();
        private static readonly ProcessExecutor _other = new(new ProcessExecutorOptions { Workers = 100, WarmSpares = 2 });
        private static readonly AdaptiveExecutor _adaptive = new();
        private static readonly HybridExecutor _hybrid = new(new ProcessExecutor(), new ThreadExecutor());

        // Mentions them, so their initializers run here.
        public static int AddOne(int number) => new Executor[] { _pool, _other, _adaptive, _hybrid }.Length - 3 + number;

        public static Task<int> AddOneBelow(int number) => _pool.RunAsync(Arithmetic.AddOne, number);
    }

    private static async Task RunBelow(string begun)
    {
        await using var pool = new ProcessExecutor(workers: 1);
        await pool.RunAsync(Endless.LoopNatively, begun);
    }
}
