using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>Programs that tasks have started, after the end of their worker.</summary>
public sealed class Descendants : IDisposable
{
    private readonly Files _files = new();

    [Fact, Fault(24)]
    public async Task A_grandchild_that_nobody_waits_for_ends_with_its_worker()
    {
        string file = _files.New();
        await using ProcessExecutor pool = FaultPool.Of(1);
        await pool.RunAsync(Descending.StartGrandchild, file).Time();
        int grandchild = await FaultPool.Begun(file);
        Signals.IsAlive(grandchild).ShouldBeTrue();
        await Should.ThrowAsync<WorkerLostException>(() => pool.RunAsync(Crashing.Kill, 0).Time());
        await Within.Until(() => !Signals.IsAlive(grandchild));
    }

    [Fact, Fault(24)]
    public async Task A_grandchild_ends_with_its_worker_also_where_that_ends_as_it_should()
    {
        string file = _files.New();
        int grandchild;
        await using (ProcessExecutor pool = FaultPool.Of(1))
        {
            await pool.RunAsync(Descending.StartGrandchild, file).Time();
            grandchild = await FaultPool.Begun(file); // before the worker ends, or it may never come to say so
        }

        await Within.Until(() => !Signals.IsAlive(grandchild));
    }

    [Theory, Fault(24), Fault(48)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_daemon_that_a_task_has_made_is_left_alone_and_holds_up_nobody_although_it_keeps_the_output_open(bool portable)
    {
        string file = _files.New();
        var log = new EventLog();
        var pool = new ProcessExecutor(FaultPool.Options(1) with { Portable = portable, Output = WorkerOutput.Observer, Observer = log });
        await pool.RunAsync(Descending.StartDaemon, file).Time();
        int daemon = await FaultPool.Begun(file);
        try
        {
            await Should.ThrowAsync<WorkerLostException>(() => pool.RunAsync(Crashing.PrintThenExit, ("its last words", 3)).Time());
            (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
            await pool.DisposeAsync().AsTask().Time();
            log.Events.OfType<WorkerPrinted>().ShouldContain(printed => printed.Line == "its last words");
            Signals.IsAlive(daemon).ShouldBeTrue(); // a session of its own says that it wants to live on
        }
        finally
        {
            Signals.Kill(daemon);
            await Within.Until(() => !Signals.IsAlive(daemon));
        }
    }

    public void Dispose() => _files.Dispose();
}
