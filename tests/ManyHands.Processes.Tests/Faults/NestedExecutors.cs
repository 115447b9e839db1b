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

    public void Dispose() => _files.Dispose();

    private static async Task RunBelow(string begun)
    {
        await using var pool = new ProcessExecutor(workers: 1);
        await pool.RunAsync(Endless.LoopNatively, begun);
    }
}
