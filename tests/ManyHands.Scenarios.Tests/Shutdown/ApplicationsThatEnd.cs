namespace ManyHands.Scenarios.Tests.Shutdown;

/// <summary>
/// Applications that end with work undone. The application is a worker of another executor: its end is the loss that is expected. What
/// nobody awaits ends with the application, as everywhere in .NET; where the originals come from it would have been finished first.
/// </summary>
public abstract class ApplicationsThatEnd<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    private bool UsesProcesses => Pool.Traits.Isolation == Isolation.Process;

    [Fact]
    [Ported("cpython/test_shutdown/test_interpreter_shutdown")]
    [Ported("loky/_test_process_executor/test_interpreter_shutdown")]
    public async Task An_application_can_end_while_a_task_runs_that_nobody_awaits()
    {
        Gate gate = NewGate();
        await Ends(application => application.RunAsync(Exiting.WithATaskRunning, (gate, UsesProcesses)));
        await Within.Until(() => !Processes.IsAlive(gate.Pid()));
    }

    [Fact]
    [Ported("cpython/test_shutdown/test_hang_gh83386")]
    [Ported("loky/_test_process_executor/test_hang_issue39205")]
    public async Task An_application_can_end_while_an_executor_drains()
    {
        Gate gate = NewGate();
        await Ends(application => application.RunAsync(Exiting.WhileClosing, (gate, UsesProcesses)));
        await Within.Until(() => !Processes.IsAlive(gate.Pid()));
    }

    [Fact]
    [Ported("cpython/test_shutdown/test_submit_after_interpreter_shutdown")]
    public async Task A_task_that_is_submitted_while_the_application_ends_is_run_or_refused_and_holds_nothing_up()
    {
        string file = NewFile();
        await Ends(application => application.RunAsync(Exiting.AndSubmittingLate, (file, UsesProcesses)));
        (await File.ReadAllTextAsync(file)).ShouldBeOneOf("42", nameof(ObjectDisposedException));
    }

    private static async Task Ends(Func<Executor, Task> run)
    {
        await using var application = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1, Output = WorkerOutput.Discard });
        var error = await Should.ThrowAsync<WorkerLostException>(() => run(application).Time());
        error.ExitCode.ShouldBe(0);
        error.LastLines.ShouldBeEmpty();
    }
}

public sealed class ApplicationsThatEndOnThreads(SharedExecutor<OnThreads> shared) : ApplicationsThatEnd<OnThreads>(shared);

public sealed class ApplicationsThatEndOnContexts(SharedExecutor<OnContexts> shared) : ApplicationsThatEnd<OnContexts>(shared);

public sealed class ApplicationsThatEndOnProcesses(SharedExecutor<OnProcesses> shared) : ApplicationsThatEnd<OnProcesses>(shared);
