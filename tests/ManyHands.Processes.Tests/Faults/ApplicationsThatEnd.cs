using ManyHands.Conformance;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>Applications that are killed, interrupted or told to stop: no worker outlives them, and those that want to stop in order can.</summary>
public sealed class ApplicationsThatEnd : IDisposable
{
    private const int Interrupted = 130, Terminated = 143;
    private static readonly string _never = $"{int.MaxValue}";

    private readonly Files _files = new();

    [Theory, Fault(23)]
    [InlineData("idle", 6)]
    [InlineData("busy", 3)]
    [InlineData("native", 3)]
    public async Task Of_many_that_are_killed_at_once_no_worker_is_left(string mode, int count)
    {
        ParentProgram[] parents = [.. Enumerable.Range(0, count).Select(_ => ParentProgram.Start(null, mode, Folder()))];
        try
        {
            int[][] pids = await Task.WhenAll(parents.Select(parent => parent.ReadPids()));
            pids.ShouldAllBe(workers => workers.Length == 2 && workers.All(Signals.IsAlive));
            Array.ForEach(parents, parent => Signals.Kill(parent.Pid));
            await Within.Until(() => !pids.Any(workers => workers.Any(Signals.IsAlive)));
        }
        finally
        {
            await Task.WhenAll(parents.Select(parent => parent.DisposeAsync().AsTask()));
        }
    }

    [Fact, Fault(25)]
    public async Task The_first_ctrl_c_drains_where_the_application_asks_for_it()
    {
        string gate = _files.New();
        await using ParentProgram parent = ParentProgram.Start(null, "stopping", gate, _never);
        int worker = (await parent.ReadPids())[0];
        Signals.InterruptGroup(parent.Pid);
        (await parent.ReadLine()).ShouldBe("draining");
        Files.Open(gate);
        (await parent.ReadLine()).ShouldBe("done done");
        (await parent.Ended()).ShouldBe(Interrupted);
        Signals.IsAlive(worker).ShouldBeFalse();
    }

    [Fact, Fault(25)]
    public async Task The_second_ctrl_c_kills()
    {
        await using ParentProgram parent = ParentProgram.Start(null, "stopping", _files.New(), _never);
        int worker = (await parent.ReadPids())[0];
        Signals.InterruptGroup(parent.Pid);
        (await parent.ReadLine()).ShouldBe("draining");
        Signals.IsAlive(worker).ShouldBeTrue();
        Signals.InterruptGroup(parent.Pid);
        (await parent.ReadLine()).ShouldBe("killing");
        (await parent.ReadLine()).ShouldBe("ObjectDisposedException ObjectDisposedException");
        (await parent.Ended()).ShouldBe(Interrupted);
        Signals.IsAlive(worker).ShouldBeFalse();
    }

    [Theory, Fault(25), Fault(51)]
    [InlineData("idle", true, Interrupted)]
    [InlineData("busy", true, Interrupted)]
    [InlineData("idle", false, Terminated)]
    [InlineData("busy", false, Terminated)]
    public async Task An_application_that_handles_no_signal_dies_of_it_and_leaves_no_worker(string mode, bool interrupt, int exitCode)
    {
        await using ParentProgram parent = ParentProgram.Start(null, mode, Folder());
        int[] pids = await parent.ReadPids();
        if (interrupt)
            Signals.InterruptGroup(parent.Pid);
        else
            Signals.Terminate(parent.Pid);
        (await parent.Ended()).ShouldBe(exitCode);
        await Within.Until(() => !pids.Any(Signals.IsAlive));
    }

    [Fact, Fault(51)]
    public async Task A_termination_drains_within_the_grace()
    {
        string gate = _files.New();
        await using ParentProgram parent = ParentProgram.Start(null, "stopping", gate, _never);
        int worker = (await parent.ReadPids())[0];
        Signals.Terminate(parent.Pid);
        (await parent.ReadLine()).ShouldBe("draining");
        Files.Open(gate);
        (await parent.ReadLine()).ShouldBe("done done");
        (await parent.Ended()).ShouldBe(Terminated);
        Signals.IsAlive(worker).ShouldBeFalse();
    }

    [Fact, Fault(51)]
    public async Task A_termination_kills_when_the_grace_is_over()
    {
        await using ParentProgram parent = ParentProgram.Start(null, "stopping", _files.New(), "100");
        int worker = (await parent.ReadPids())[0];
        Signals.Terminate(parent.Pid);
        (await parent.ReadLine()).ShouldBe("draining");
        (await parent.ReadLine()).ShouldBe("killing");
        (await parent.ReadLine()).ShouldBe("ObjectDisposedException ObjectDisposedException");
        (await parent.Ended()).ShouldBe(Terminated);
        Signals.IsAlive(worker).ShouldBeFalse();
    }

    public void Dispose() => _files.Dispose();

    private string Folder() => Directory.CreateDirectory(_files.New()).FullName;
}
