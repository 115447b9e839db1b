using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>Each way in which code can end its process, on the task's own thread and on every other kind: the cause is named, and only the task is lost.</summary>
public sealed class WaysToDie
{
    private const string Text = "the reactor is open";
    private const int SignalAbort = 6, SignalKill = 9, SignalFault = 11;

    private static readonly DeathThread[] _everyThread = Enum.GetValues<DeathThread>();

    [Fact, Fault(1)]
    public Task A_signal_is_named() => Dies(Death.Kill, WorkerLossCause.Killed, "SIGKILL", SignalKill);

    [Fact, Fault(2)]
    public Task A_fault_in_native_code_is_a_crash_by_its_signal() => Dies(Death.NativeFault, WorkerLossCause.Crashed, "SIGSEGV", SignalFault);

    [Fact, Fault(3)]
    public Task An_access_violation_in_managed_code_is_a_crash_with_its_name() =>
        Dies(Death.ManagedFault, WorkerLossCause.Crashed, "Fatal error. System.AccessViolationException", SignalAbort);

    [Fact, Fault(3)]
    public Task An_abort_is_a_crash() => Dies(Death.Abort, WorkerLossCause.Crashed, "SIGABRT", SignalAbort);

    [Theory, Fault(3)]
    [InlineData(Death.FailFast)]
    [InlineData(Death.FailFastWithException)]
    public Task Failing_fast_is_told_apart_and_its_reason_is_in_the_message(Death way) => Dies(way, WorkerLossCause.FailFast, Text, SignalAbort);

    [Fact, Fault(3)]
    public Task An_exception_of_an_async_void_method_is_a_crash_and_in_the_message() =>
        Dies(Death.AsyncVoid, WorkerLossCause.Crashed, Text, SignalAbort);

    [Fact, Fault(3)]
    public async Task An_exception_that_nobody_catches_is_a_crash_on_a_foreign_thread_and_the_callers_on_the_tasks_own()
    {
        await Dies(Death.Unhandled, WorkerLossCause.Crashed, Text, SignalAbort, threads: [.. _everyThread.Except([DeathThread.OfTheTask])]);
        await using ProcessExecutor pool = FaultPool.Of(1);
        var error = await Should.ThrowAsync<InvalidOperationException>(
            () => pool.RunAsync(Dying.Die, (Death.Unhandled, DeathThread.OfTheTask, Text)).Time());
        error.Message.ShouldBe(Text);
        pool.Snapshot().WorkersLost.ShouldBe(0);
    }

    [Theory, Fault(4)]
    [InlineData(Death.Recursion, "Recur(")]
    [InlineData(Death.BigFrames, "RecurWithBigFrames(")]
    [InlineData(Death.RecursionThroughNativeCode, "Stack overflow.")]
    public Task A_stack_overflow_is_named_with_the_method_it_began_in(Death way, string text) =>
        Dies(way, WorkerLossCause.StackOverflow, text, SignalAbort);

    [Theory, Fault(5)]
    [InlineData(Death.ExitNow)]
    [InlineData(Death.Exit)]
    public Task An_exit_with_code_0_is_a_loss_and_never_a_success(Death way) =>
        Dies(way, WorkerLossCause.Exited, "exited with exit code 0", signal: null, exitCode: 0);

    [Fact, Fault(3)]
    public async Task What_a_worker_wrote_long_before_does_not_decide_why_it_ended()
    {
        await using ProcessExecutor pool = FaultPool.Of(1);
        foreach (string line in (string[])["Unhandled exception. So says a log.", "Stack overflow.", "Out of memory.", "Process terminated."])
        {
            await pool.RunAsync(Printing.Line, (line, true)).Time();
            (await Should.ThrowAsync<WorkerLostException>(() => pool.RunAsync(Crashing.Kill, 0).Time())).Cause.ShouldBe(WorkerLossCause.Killed);
            await pool.RunAsync(Printing.Line, (line, true)).Time();
            (await Should.ThrowAsync<WorkerLostException>(() => pool.RunAsync(Crashing.Exit, 3).Time())).Cause.ShouldBe(WorkerLossCause.Exited);
            await pool.RunAsync(Printing.Line, (line, true)).Time();
            (await Should.ThrowAsync<WorkerLostException>(() => pool.RunAsync(Crashing.Overflow, 0).Time())).Cause.ShouldBe(WorkerLossCause.StackOverflow);
        }
    }

    private static async Task Dies(
        Death way, WorkerLossCause cause, string text, int? signal, int? exitCode = null, DeathThread[]? threads = null)
    {
        await using ProcessExecutor pool = FaultPool.Of(2);
        foreach (DeathThread thread in threads ?? _everyThread)
        {
            WorkerLostException error = await pool.LosesOnly(() => pool.RunAsync(Dying.Die, (way, thread, Text)));
            error.Cause.ShouldBe(cause, error.Message);
            error.Signal.ShouldBe(signal);
            error.ExitCode.ShouldBe(exitCode);
            error.Message.ShouldContain(text);
        }
    }
}
