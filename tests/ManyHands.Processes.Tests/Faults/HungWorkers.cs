using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>Workers that are stopped are found out and killed; workers that work, whatever they work at, are not.</summary>
public sealed class HungWorkers : IDisposable
{
    // Long enough for a worker to answer on a machine that is busy with other tests.
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(3);

    private readonly Files _files = new();

    [Theory, Fault(26)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_busy_worker_that_is_stopped_loses_its_task_to_the_heartbeat_and_is_replaced(bool portable)
    {
        await using var pool = new ProcessExecutor(FaultPool.Options(2) with { HeartbeatLimit = _limit, Portable = portable });
        string begun = _files.New();
        WorkerLostException error = await pool.LosesOnly(async () =>
        {
            Task<string> task = pool.RunAsync(Waiting.ForFile, (begun, _files.New()));
            Signals.Stop(await FaultPool.Begun(begun));
            await task;
        });
        error.Cause.ShouldBe(WorkerLossCause.Hung);
        error.Message.ShouldContain("HeartbeatLimit");
    }

    [Fact, Fault(26)]
    public async Task An_idle_worker_that_is_stopped_is_replaced_before_anybody_needs_it()
    {
        await using var pool = new ProcessExecutor(FaultPool.Options(1) with { HeartbeatLimit = _limit });
        int pid = await pool.RunAsync(Arithmetic.ProcessId, 0).Time();
        Signals.Stop(pid);
        await Within.Until(() => !Signals.IsAlive(pid));
        (await pool.RunAsync(Arithmetic.ProcessId, 0).Time()).ShouldNotBe(pid);
        pool.Snapshot().WorkersLost.ShouldBe(1);
    }

    [Fact, Fault(26)]
    public async Task A_task_that_lay_unbegun_in_a_stopped_worker_is_run_by_its_replacement()
    {
        await using var pool = new ProcessExecutor(FaultPool.Options(1) with { HeartbeatLimit = _limit });
        int pid = await pool.RunAsync(Arithmetic.ProcessId, 0).Time();
        Signals.Stop(pid);
        (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
    }

    [Theory]
    [InlineData(Endlessness.Loop, false)]
    [InlineData(Endlessness.Sleep, false)]
    [InlineData(Endlessness.Pause, true)]
    [InlineData(Endlessness.NativeLoop, false)]
    [InlineData(Endlessness.NativeLoopThatHoldsUpCollections, true)]
    public async Task Work_that_takes_long_is_not_taken_for_hung(Endlessness how, bool portable)
    {
        await using var pool = new ProcessExecutor(FaultPool.Options(1) with { HeartbeatLimit = _limit, Portable = portable });
        string begun = _files.New();
        Future task = await pool.SubmitAsync(Endless.Run, (begun, how)).Time();
        await Within.Until(() => File.Exists(begun) || task.Task.IsCompleted);
        if (task.Task.IsCompleted)
            await task.Task; // says why
        int pid = await FaultPool.Begun(begun);
        long start = TimeProvider.System.GetTimestamp();
        await Within.Until(() => task.Task.IsCompleted || TimeProvider.System.GetElapsedTime(start) > _limit * 2);
        task.Task.IsCompleted.ShouldBeFalse();
        Signals.IsAlive(pid).ShouldBeTrue();
        task.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => task.Task.Time());
    }

    [Fact, Fault(32)]
    public async Task An_application_that_was_stopped_for_longer_than_the_limit_takes_nobody_for_hung()
    {
        string gate = _files.New();
        await using ParentProgram parent = ParentProgram.Start(null, "stalled", gate, "1000");
        int[] pids = await parent.ReadPids();
        for (int i = 0; i < 2; i++)
        {
            Signals.Stop(parent.Pid);
            await Within.Until(() => Signals.IsStopped(parent.Pid));
            await Task.Delay(3000); // three times the limit
            Signals.Continue(parent.Pid);
            await Task.Delay(1500); // and time to draw a wrong conclusion
        }

        pids.ShouldAllBe(pid => Signals.IsAlive(pid));
        Files.Open(gate);
        (await parent.ReadLine()).ShouldBe("0 lost");
        (await parent.Ended()).ShouldBe(0);
    }

    public void Dispose() => _files.Dispose();
}
