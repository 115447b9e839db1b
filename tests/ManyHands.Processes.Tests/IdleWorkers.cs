using ManyHands.Conformance;
using ManyHands.Conformance.Work;
using ManyHands.Platform;

namespace ManyHands.Processes.Tests;

/// <summary>What workers do while nobody has anything for them.</summary>
public sealed class IdleWorkers
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_worker_gives_back_the_garbage_of_its_last_task(int lanes)
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1, LanesPerWorker = lanes });
        (int pid, long littered) = await pool.RunAsync(Litter, 200_000_000).Time();
        await Within.Until(() => ProcessControl.ResidentBytes(pid) < littered - (8 << 20));
        (await pool.RunAsync(Arithmetic.ProcessId, 0).Time()).ShouldBe(pid);
    }

    // Looked at in the task: a parent that waits for a processor comes too late.
    private static (int ProcessId, long Bytes) Litter(int bytes)
    {
        int pid = Leaking.Litter(bytes);
        return (pid, ProcessControl.ResidentBytes(pid));
    }

    [Fact]
    public async Task A_spare_that_has_prepared_for_deadly_work_has_not_run_it()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1, WarmSpares = 1, StartLimit = Within.Limit });
        await Should.ThrowAsync<WorkerLostException>(() => pool.RunAsync(Crashing.Kill, 0).Time()); // the next spare knows this work
        (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
        await Should.ThrowAsync<WorkerLostException>(() => pool.RunAsync(Crashing.Kill, 0).Time());
        (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
    }
}
