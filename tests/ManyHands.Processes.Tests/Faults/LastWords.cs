using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>What the errors of tasks tell about the worker that ended for them.</summary>
public sealed class LastWords : IDisposable
{
    private readonly Files _files = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_task_that_was_killed_at_its_deadline_tells_what_its_worker_printed_and_used(bool portable)
    {
        await using var pool = new ProcessExecutor(FaultPool.Options(1) with { Portable = portable });
        var error = await Should.ThrowAsync<TaskTimeoutException>(
            () => pool.RunAsync(Hog, 64 << 20, new SubmitOptions { Timeout = TimeSpan.FromSeconds(5) }).Time());
        error.LastOutput.ShouldBe(["page 16", "page 17"]);
        error.LastLines.ShouldBe(["no ink"]);
        error.Pid.ShouldNotBeNull();
        Signals.IsAlive(error.Pid.Value).ShouldBeFalse();
        WorkerUsage usage = error.Usage.ShouldNotBeNull();
        usage.ProcessorTime.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.FromMilliseconds(20));
        usage.ResidentBytes.ShouldNotBeNull().ShouldBeGreaterThan(64 << 20);
        usage.PeakBytes.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(usage.ResidentBytes.Value);
        error.Message.ShouldContain("'no ink'");
        error.Message.ShouldContain("of processor time");
    }

    [Fact]
    public async Task A_task_that_stops_when_it_is_asked_to_costs_no_worker_and_has_nothing_to_tell()
    {
        await using var pool = new ProcessExecutor(FaultPool.Options(1) with { KillAfter = Within.Limit });
        var error = await Should.ThrowAsync<TaskTimeoutException>(() => pool.RunAsync(
            Waiting.ForFilePolitely, (_files.New(), _files.New()), new SubmitOptions { Timeout = TimeSpan.FromMilliseconds(300) }).Time());
        (error.Pid, error.Usage, error.LastOutput.Count).ShouldBe((null, null, 0));
    }

    [Fact]
    public async Task A_lost_task_tells_what_its_worker_printed_and_used()
    {
        ForgetOwnPeak();
        await using ProcessExecutor pool = FaultPool.Of(2);
        WorkerLostException error = await pool.LosesOnly(() => pool.RunAsync(HogAndDie, 512 << 20));
        error.LastOutput.ShouldBe(["page 16", "page 17"]);
        error.LastLines.ShouldBe(["no ink"]);
        WorkerUsage usage = error.Usage.ShouldNotBeNull();
        usage.ProcessorTime.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.FromMilliseconds(20));
        usage.PeakBytes.ShouldNotBeNull().ShouldBeGreaterThan(512 << 20, "more than this process ever had, so the system's figure is the worker's own");
    }

    public void Dispose() => _files.Dispose();

    // Other tests of this process may have had more memory than the worker will have. See clear_refs in proc(5).
    private static void ForgetOwnPeak()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        File.WriteAllText("/proc/self/clear_refs", "5");
    }

    private static void HogAndDie(int bytes)
    {
        PrintAndKeep(bytes);
        Crashing.ExitNow(3);
    }

    private static void Hog(int bytes)
    {
        PrintAndKeep(bytes);
        new ManualResetEvent(initialState: false).WaitOne();
    }

    private static void PrintAndKeep(int bytes)
    {
        Leaking.Keep(bytes);
        Console.WriteLine("page 16");
        Console.WriteLine("page 17");
        Console.Error.WriteLine("no ink");
    }
}
