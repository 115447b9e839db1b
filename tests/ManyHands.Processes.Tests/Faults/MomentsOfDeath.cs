using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>A worker is killed at each moment of its life: what it was executing is lost, and nothing else ever.</summary>
public sealed class MomentsOfDeath : IDisposable
{
    private readonly Files _files = new();
    private readonly EventLog _log = new();

    [Fact, Fault(1)]
    public async Task Idle_it_costs_nobody_anything()
    {
        await using ProcessExecutor pool = FaultPool.Of(2, _log);
        await pool.ForEachAsync(Enumerable.Range(0, 8), (int i) => { _ = Waiting.For(20 + (i % 2)); }).Time();
        for (int lost = 1; lost <= 5; lost++)
        {
            await pool.IsWhole(workers: 2);
            Signals.Kill(pool.Snapshot().Workers[lost % 2].Pid ?? 0);
            await Within.Until(() => pool.Snapshot().WorkersLost == lost);
            (await pool.RunAsync(Arithmetic.AddOne, lost).Time()).ShouldBe(lost + 1);
        }

        pool.Snapshot().Failed.ShouldBe(0);
        _log.Events.OfType<WorkerEnded>().Count(ended => ended.Detail.Contains("signal 9", StringComparison.Ordinal)).ShouldBe(5);
    }

    [Fact, Fault(1)]
    public async Task As_soon_as_it_exists_its_task_waits_for_the_next_one()
    {
        await using ProcessExecutor pool = FaultPool.Of(1, _log);
        Task<int> task = pool.RunAsync(Arithmetic.AddOne, 1);
        await Within.Until(() => pool.Snapshot().Workers is [{ Pid: not null }]);
        Signals.Kill(pool.Snapshot().Workers[0].Pid ?? 0);
        (await task.Time()).ShouldBe(2);
        pool.Snapshot().Failed.ShouldBe(0);
    }

    [Fact, Fault(1)]
    public async Task In_its_initializer_its_task_waits_for_the_next_one()
    {
        string begun = _files.New(), gate = _files.New();
        await using var pool = new ProcessExecutor(FaultPool.Options(1) with
        {
            Observer = _log,
            Initializer = WorkerInitializer.Of<(string, string)>(files => _ = Waiting.ForFile(files), (begun, gate)),
        });
        Task<int> task = pool.RunAsync(Arithmetic.AddOne, 1);
        Signals.Kill(await FaultPool.Begun(begun));
        Files.Open(gate);
        (await task.Time()).ShouldBe(2);
        _log.Events.OfType<WorkerStartFailed>().ShouldHaveSingleItem().Error.Message.ShouldContain("signal 9");
    }

    [Theory, Fault(1), Fault(2), Fault(5), Fault(12)]
    [InlineData(Death.Kill, WorkerLossCause.Killed)]
    [InlineData(Death.NativeFault, WorkerLossCause.Crashed)]
    [InlineData(Death.ExitNow, WorkerLossCause.Exited)]
    public async Task Reading_the_argument_its_task_is_lost(Death way, WorkerLossCause cause)
    {
        await using ProcessExecutor pool = FaultPool.Of(2);
        var value = new Lethal(Environment.ProcessId, WhenRead: true, way);
        (await pool.LosesOnly(() => pool.RunAsync(Lethal.Take, value))).Cause.ShouldBe(cause);
    }

    [Fact, Fault(1)]
    public async Task Executing_by_the_hand_of_a_neighbour_its_task_alone_is_lost()
    {
        await using ProcessExecutor pool = FaultPool.Of(2);
        string begun = _files.New();
        Task<string> victim = pool.RunAsync(Waiting.ForFile, (begun, _files.New()));
        int pid = await FaultPool.Begun(begun);
        Task<int> neighbour = pool.RunAsync(Dying.KillOther, pid);
        var error = await Should.ThrowAsync<WorkerLostException>(() => victim.Time());
        (error.Pid, error.Cause, error.TaskState).ShouldBe((pid, WorkerLossCause.Killed, LostTaskState.Started));
        (await neighbour.Time()).ShouldBe(pid);
        await pool.IsWhole(workers: 2);
    }

    [Theory, Fault(1), Fault(2), Fault(5)]
    [InlineData(Death.Kill, WorkerLossCause.Killed)]
    [InlineData(Death.NativeFault, WorkerLossCause.Crashed)]
    [InlineData(Death.ExitNow, WorkerLossCause.Exited)]
    public async Task Encoding_the_result_its_task_is_lost(Death way, WorkerLossCause cause)
    {
        await using ProcessExecutor pool = FaultPool.Of(2);
        Func<int, Lethal> give = way switch
        {
            Death.Kill => Lethal.Give,
            Death.NativeFault => Lethal.GiveThenFault,
            _ => Lethal.GiveThenExit,
        };
        (await pool.LosesOnly(() => pool.RunAsync(give, Environment.ProcessId))).Cause.ShouldBe(cause);
    }

    [Fact, Fault(1), Fault(6)]
    public async Task Writing_the_result_what_came_of_it_is_dropped()
    {
        var random = new Random(6);
        await using ProcessExecutor pool = FaultPool.Of(2);
        int lost = 0;
        for (int round = 0; round < 12 || lost == 0; round++)
        {
            // The bigger takes some milliseconds to write, and far more than any buffer between the two holds.
            (int Bytes, int Microseconds) what = (round % 3 == 0 ? 100_000 : 20_000_000, random.Next(10_000));
            Task<byte[]> victim = pool.RunAsync(Dying.GiveThenExit, what);
            Task<int>[] others = [.. Enumerable.Range(0, 10).Select(number => pool.RunAsync(Arithmetic.AddOne, number))];
            lost += await IsLostOrWhole(victim, what.Bytes, (byte)what.Microseconds) ? 1 : 0;
            await AllButOneOf(others);
        }

        await pool.IsWhole(workers: 2);
    }

    [Fact, Fault(1)]
    public async Task After_its_result_the_next_task_sees_nothing_of_it()
    {
        await using ProcessExecutor pool = FaultPool.Of(1);
        for (int round = 0; round < 5; round++)
        {
            int pid = await pool.RunAsync(Arithmetic.ProcessId, 0).Time();
            Signals.Stop(pid);
            await Within.Until(() => Signals.IsStopped(pid));
            Task<int> next = pool.RunAsync(Arithmetic.ProcessId, 0); // given to the worker, which cannot begin it
            Signals.Kill(pid);
            (await next.Time()).ShouldNotBe(pid);
        }

        pool.Snapshot().Failed.ShouldBe(0);
        pool.Snapshot().WorkersLost.ShouldBe(5);
    }

    [Fact, Fault(1)]
    public async Task Retiring_it_is_replaced_as_any_other()
    {
        await using var pool = new ProcessExecutor(FaultPool.Options(1) with { Observer = _log, Retire = new Retirement { AfterTasks = 1 } });
        for (int round = 0; round < 5; round++)
            await pool.RunAsync(Dying.KillOnExit, 0).Time();
        await Within.Until(() => pool.Snapshot().WorkersRetired == 5);
        pool.Snapshot().WorkersLost.ShouldBe(0);
        _log.Events.OfType<WorkerEnded>().ShouldAllBe(ended => ended.Detail.Contains("signal 9"));
    }

    public void Dispose() => _files.Dispose();

    private static async Task<bool> IsLostOrWhole(Task<byte[]> task, int length, byte value)
    {
        try
        {
            byte[] bytes = await task.Time();
            bytes.Length.ShouldBe(length);
            bytes.AsSpan().ContainsAnyExcept(value).ShouldBeFalse();
            return false;
        }
        catch (WorkerLostException error)
        {
            error.Cause.ShouldBeOneOf(WorkerLossCause.Exited, WorkerLossCause.ProtocolError);
            return true;
        }
    }

    // Where the result was written in time, its worker lives on for a moment, and what it has begun by then goes with it.
    private static async Task AllButOneOf(Task<int>[] tasks)
    {
        await Task.WhenAll(tasks.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default))).Time();
        tasks.Count(task => task.IsFaulted).ShouldBeLessThanOrEqualTo(1);
        tasks.Where(task => task.IsFaulted).ShouldAllBe(task => task.Exception!.InnerException is WorkerLostException);
    }
}
