using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>Work that nothing stops but the end of its process: its caller goes on in time, the worker is replaced, neighbours hear nothing of it.</summary>
public sealed class WorkThatDoesNotStop : IDisposable
{
    private readonly Files _files = new();

    [Theory]
    [Fault(15)]
    [InlineData(Endlessness.Loop)]
    [InlineData(Endlessness.Sleep)]
    [InlineData(Endlessness.Pause)]
    [InlineData(Endlessness.SwallowedCancellation)]
    public Task It_is_killed_when_it_is_cancelled_and_when_its_time_is_up(Endlessness how) => IsKilled(how);

    [Theory]
    [Fault(16)]
    [InlineData(Endlessness.NativeLoop)]
    [InlineData(Endlessness.NativeLoopThatHoldsUpCollections)]
    public Task A_loop_outside_of_the_runtimes_reach_is_killed_too(Endlessness how) => IsKilled(how);

    [Fact, Fault(15)]
    public async Task Work_that_takes_a_token_has_KillAfter_to_stop_and_not_less()
    {
        TimeSpan grace = TimeSpan.FromMilliseconds(600);
        await using var pool = new ProcessExecutor(FaultPool.Options(1) with { KillAfter = grace });
        string begun = _files.New();
        using var cancel = new CancellationTokenSource();
        Task task = pool.RunAsync(Endless.RunDespiteToken, (begun, Endlessness.Loop), cancel.Token);
        int pid = await FaultPool.Begun(begun);
        long start = TimeProvider.System.GetTimestamp();
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => task.Time());
        TimeProvider.System.GetElapsedTime(start).ShouldBeGreaterThanOrEqualTo(grace);
        Signals.IsAlive(pid).ShouldBeFalse();
    }

    public void Dispose() => _files.Dispose();

    private async Task IsKilled(Endlessness how)
    {
        await using ProcessExecutor pool = FaultPool.Of(2);
        string neighbourBegun = _files.New(), gate = _files.New();
        Task<string> neighbour = pool.RunAsync(Waiting.ForFile, (neighbourBegun, gate));
        await FaultPool.Begun(neighbourBegun);
        var pids = new HashSet<int>();

        // With a token, it is asked to stop first; without, there is nobody to ask.
        foreach (bool takesToken in (bool[])[true, false])
        {
            string begun = _files.New();
            using var cancel = new CancellationTokenSource();
            Task task = takesToken
                ? pool.RunAsync(Endless.RunDespiteToken, (begun, how), cancel.Token)
                : pool.RunAsync(Endless.Run, (begun, how), cancel.Token);
            pids.Add(await FaultPool.Begun(begun));
            await cancel.CancelAsync();
            (await Should.ThrowAsync<OperationCanceledException>(() => task.Time())).CancellationToken.ShouldBe(cancel.Token);
        }

        string late = _files.New();
        var options = new SubmitOptions { Timeout = TimeSpan.FromMilliseconds(200) };
        var error = await Should.ThrowAsync<TaskTimeoutException>(() => pool.RunAsync(Endless.Run, (late, how), options).Time());
        error.Timeout.ShouldBe(options.Timeout.Value);
        bool begunInTime = File.Exists(late); // on a busy machine its time may be up before it comes to begin
        if (begunInTime)
            pids.Add(await FaultPool.Begun(late));

        pids.ShouldAllBe(pid => !Signals.IsAlive(pid));
        Files.Open(gate);
        (await neighbour.Time()).ShouldBe(neighbourBegun);
        await pool.IsWhole(workers: 2);
        pool.Snapshot().WorkersKilled.ShouldBeInRange(begunInTime ? 3 : 2, 3);
        pool.Snapshot().WorkersLost.ShouldBe(0);
    }
}
