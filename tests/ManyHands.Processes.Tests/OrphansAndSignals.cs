using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests;

/// <summary>What happens to workers when their application ends or is interrupted.</summary>
public sealed class OrphansAndSignals : IDisposable
{
    private readonly Files _files = new();

    [Theory, Fault(23)]
    [Ported("loky/test_reusable_executor/test_sigkill_shutdown_leaks_workers")]
    [InlineData("idle")]
    [InlineData("busy")]
    public async Task No_worker_outlives_an_application_that_is_killed(string mode)
    {
        for (int i = 0; i < 3; i++)
        {
            string folder = _files.New();
            Directory.CreateDirectory(folder);
            await using ParentProgram parent = ParentProgram.Start(null, mode, folder);
            int[] pids = await parent.ReadPids();
            pids.Length.ShouldBe(2);
            pids.ShouldAllBe(pid => Signals.IsAlive(pid));
            Signals.Kill(parent.Pid);
            await Within.Until(() => !pids.Any(Signals.IsAlive));
        }
    }

    [Fact, Fault(23)] // a stopped worker cannot see the end of its connection; the parent-death signal ends it all the same
    public async Task Not_even_a_stopped_worker_outlives_an_application_that_is_killed()
    {
        await using ParentProgram parent = ParentProgram.Start(null, "idle");
        int[] pids = await parent.ReadPids();
        Array.ForEach(pids, Signals.Stop);
        Signals.Kill(parent.Pid);
        await Within.Until(() => !pids.Any(Signals.IsAlive));
    }

    [Fact]
    public async Task No_worker_outlives_an_application_that_forgets_to_close_its_executor()
    {
        await using ParentProgram parent = ParentProgram.Start(null, "dropped");
        int[] pids = await parent.ReadPids();
        (await parent.Ended()).ShouldBe(0);
        await Within.Until(() => !pids.Any(Signals.IsAlive));
    }

    [Fact, Fault(25)]
    public async Task Ctrl_c_reaches_the_application_and_not_its_workers()
    {
        string gate = _files.New();
        await using ParentProgram parent = ParentProgram.Start(null, "interrupted", gate);
        int[] pids = await parent.ReadPids();
        Signals.InterruptGroup(parent.Pid);
        await Task.Delay(100);
        Signals.InterruptGroup(parent.Pid);
        Files.Open(gate);
        (await parent.ReadLine()).ShouldBe(Path.GetFileName(gate) + ".begun");
        (await parent.Ended()).ShouldBe(0);
        pids.ShouldAllBe(pid => !Signals.IsAlive(pid));
    }

    [Fact]
    public async Task A_worker_is_in_a_session_of_its_own()
    {
        await using var pool = new ProcessExecutor(workers: 1);
        int pid = await pool.RunAsync(Arithmetic.ProcessId, 0).Time();
        (await pool.RunAsync(Crashing.SessionId, 0).Time()).ShouldBe(pid);
    }

    [Fact, Fault(47)]
    public async Task A_program_that_a_task_starts_inherits_nothing_of_the_workers()
    {
        await using var pool = new ProcessExecutor(workers: 1);
        string[] descriptors = await pool.RunAsync(Crashing.DescriptorsOfChild, 0).Time();

        // The program may have a file of its own open: the library that it is just loading.
        descriptors.Where(descriptor => descriptor.Contains("socket:", StringComparison.Ordinal) || descriptor.Contains("memfd", StringComparison.Ordinal)).ShouldBeEmpty();
        descriptors.ShouldContain(descriptor => descriptor.StartsWith("1 ", StringComparison.Ordinal)); // it was looked at
    }

    [Fact, Fault(47)]
    public async Task A_loss_is_noticed_while_programs_started_at_the_same_time_live_on()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 50, KillAfter = TimeSpan.FromMilliseconds(50) });
        string gate = _files.New();
        using var starting = new CancellationTokenSource();
        Task<List<System.Diagnostics.Process>> sleepers = Task.Run(() =>
        {
            var started = new List<System.Diagnostics.Process>();
            while (started.Count < 50)
                started.Add(System.Diagnostics.Process.Start("sleep", "300"));
            return started;
        });
        (string Begun, string Gate)[] files = [.. Enumerable.Range(0, 50).Select(_ => (_files.New(), gate))];
        Task<string>[] tasks = [.. files.Select(file => pool.RunAsync(Waiting.ForFile, file))];
        await Within.Until(() => files.All(file => File.Exists(file.Begun)));
        List<System.Diagnostics.Process> all = await sleepers.Time();
        try
        {
            foreach (var (begun, _) in files.Take(25))
                Signals.Kill(int.Parse(await File.ReadAllTextAsync(begun), System.Globalization.CultureInfo.InvariantCulture));
            foreach (Task<string> task in tasks.Take(25))
                await Should.ThrowAsync<WorkerLostException>(() => task.Time());
            Files.Open(gate);
            await Task.WhenAll(tasks.Skip(25)).Time();
        }
        finally
        {
            all.ForEach(sleeper => { sleeper.Kill(); sleeper.WaitForExit(); sleeper.Dispose(); });
        }
    }

    [Fact, Fault(24)]
    public async Task Programs_that_a_task_started_end_with_its_worker()
    {
        await using var pool = new ProcessExecutor(workers: 1);
        int sleeper = await pool.RunAsync(Crashing.StartSleeper, 300).Time();
        Signals.IsAlive(sleeper).ShouldBeTrue();
        await Should.ThrowAsync<WorkerLostException>(() => pool.RunAsync(Crashing.Kill, 0).Time());
        await Within.Until(() => !Signals.IsAlive(sleeper));
    }

    public void Dispose() => _files.Dispose();
}
