using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>Launches that lead to a process, but to none that is a worker.</summary>
public sealed class MissedWorkerMode : IDisposable
{
    private readonly Files _files = new();

    [Theory, Fault(40)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_application_that_runs_again_instead_of_a_worker_starts_no_others(bool portable)
    {
        string file = _files.New(), parent = Path.Combine(AppContext.BaseDirectory, "ManyHands.Parent.dll");
        var launch = new WorkerLaunch(WorkerLaunch.Find().Program, ["exec", parent, "again", file]);
        await using ProcessExecutor pool = New(launch, portable);
        var error = await Should.ThrowAsync<ExecutorBrokenException>(() => pool.RunAsync(Arithmetic.AddOne, 1).Time());
        string message = error.InnerException.ShouldBeOfType<WorkerStartException>().Message;
        message.ShouldContain("ManyHands.Parent.dll");
        message.ShouldContain("This process was started to be a worker");
        int[] pids = [.. (await File.ReadAllLinesAsync(file)).Select(int.Parse)];
        pids.Length.ShouldBe(2, "each failed start is one process, and none has started another");
        await Within.Until(() => !pids.Any(Signals.IsAlive));
    }

    [Fact, Fault(40)]
    public async Task A_program_that_just_goes_on_is_ended_at_StartLimit_with_an_error_that_names_it()
    {
        var log = new EventLog();
        await using ProcessExecutor pool = New(new WorkerLaunch("/bin/sh", ["-c", "exec sleep 1000"]), portable: false, log);
        var error = await Should.ThrowAsync<ExecutorBrokenException>(() => pool.RunAsync(Arithmetic.AddOne, 1).Time());
        string message = error.InnerException.ShouldBeOfType<WorkerStartException>().Message;
        message.ShouldContain("StartLimit");
        message.ShouldContain("exec sleep 1000");
        log.Count<WorkerStartFailed>().ShouldBe(2);
    }

    public void Dispose() => _files.Dispose();

    private static ProcessExecutor New(WorkerLaunch launch, bool portable, ExecutorObserver? observer = null) => new(new ProcessExecutorOptions
    {
        Workers = 1,
        Launch = launch,
        Portable = portable,
        Output = WorkerOutput.Discard,
        StartLimit = TimeSpan.FromSeconds(portable || observer is null ? 30 : 0.5),
        RestartLimit = new RestartLimit { Failures = 2 },
        Observer = observer,
    });
}
