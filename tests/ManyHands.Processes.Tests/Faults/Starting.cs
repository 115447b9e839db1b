using System.Diagnostics;
using System.Runtime.InteropServices;
using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>Workers that are slow to start, or never do.</summary>
public sealed class Starting : IDisposable
{
    private readonly Files _files = new();

    [Fact, Fault(27)]
    public async Task Tasks_wait_for_an_initializer_that_takes_its_time()
    {
        string begun = _files.New(), gate = _files.New();
        await using var pool = new ProcessExecutor(FaultPool.Options(1) with
        {
            Initializer = WorkerInitializer.Of<(string, string)>(files => _ = Waiting.ForFile(files), (begun, gate)),
        });
        Task<int>[] tasks = [.. Enumerable.Range(0, 10).Select(number => pool.RunAsync(Arithmetic.AddOne, number))];
        await FaultPool.Begun(begun);
        pool.Snapshot().Workers.ShouldHaveSingleItem().State.ShouldBe(WorkerState.Starting);
        pool.Snapshot().Queued.ShouldBe(10);
        Files.Open(gate);
        (await Task.WhenAll(tasks).Time()).ShouldBe(Enumerable.Range(1, 10));
    }

    [Theory, Fault(27)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_initializer_that_takes_longer_than_StartLimit_is_named_with_the_limit_and_its_worker_killed(bool portable)
    {
        string begun = _files.New();
        var log = new EventLog();
        await using var pool = new ProcessExecutor(FaultPool.Options(1) with
        {
            StartLimit = TimeSpan.FromSeconds(1.5),
            RestartLimit = new RestartLimit { Failures = 2, Window = TimeSpan.FromHours(1) },
            Initializer = WorkerInitializer.Of(Waiting.ForEver, begun),
            Observer = log,
            Portable = portable,
        });
        var error = await Should.ThrowAsync<ExecutorBrokenException>(() => pool.RunAsync(Arithmetic.AddOne, 1).Time());
        error.InnerException.ShouldBeOfType<WorkerStartException>().Message.ShouldContain("StartLimit of 00:00:01.5");
        log.Count<WorkerStartFailed>().ShouldBe(2);
        if (File.Exists(begun)) // on a busy machine the limit may be over before the initializer begins
            Signals.IsAlive(await FaultPool.Begun(begun)).ShouldBeFalse();
    }

    [Theory, Fault(28)]
    [InlineData(Death.Kill, "signal 9")]
    [InlineData(Death.ExitNow, "exit code 0")]
    [InlineData(Death.Unhandled, "the disk is made of cheese")]
    [InlineData(Death.Recursion, "Stack overflow.")]
    public async Task An_initializer_that_always_fails_breaks_the_executor_after_the_limit_with_its_reason(Death way, string reason)
    {
        var log = new EventLog();
        await using var pool = new ProcessExecutor(FaultPool.Options(2) with
        {
            RestartLimit = new RestartLimit { Window = TimeSpan.FromHours(1) }, // it does not try again meanwhile
            Initializer = WorkerInitializer.Of<(Death, DeathThread, string)>(death => _ = Dying.Die(death), (way, DeathThread.OfTheTask, "the disk is made of cheese")),
            Observer = log,
        });
        Task<int>[] tasks = [.. Enumerable.Range(0, 20).Select(number => pool.RunAsync(Arithmetic.AddOne, number))];
        foreach (Task<int> task in tasks)
        {
            var error = await Should.ThrowAsync<ExecutorBrokenException>(() => task.Time());
            error.Message.ShouldContain(reason);
            error.InnerException.ShouldBeOfType<WorkerStartException>();
        }

        Should.Throw<ExecutorBrokenException>(() => { _ = pool.RunAsync(Arithmetic.AddOne, 1); });
        await Within.Until(() => pool.Snapshot().Workers.Count == 0);
        log.Count<WorkerStartFailed>().ShouldBeInRange(5, 6); // two are started at a time
        log.Count<WorkerStarted>().ShouldBe(0);
    }

    [Theory, Fault(50)]
    [InlineData("dotnet", false, "Permission denied")]
    [InlineData("dotnet", true, "No such file")]
    [InlineData("ManyHands.dll", true, "ManyHands.dll")]
    [InlineData("ManyHands.Parent.runtimeconfig.json", true, "ManyHands.Parent.runtimeconfig.json")]
    public async Task A_file_that_workers_need_and_that_is_not_there_any_more_is_named_with_its_path(string file, bool delete, string reason)
    {
        string root = _files.New(), go = _files.New();
        ParentProgram.CopyTo(root);
        await CopyRuntime(root);
        string path = Path.Combine(root, file);
        await using ParentProgram parent = ParentProgram.StartBy([.. ParentProgram.OwnSession, Path.Combine(root, "dotnet")], root, [], "late", go);
        (await parent.ReadLine()).ShouldBe("ready");
        if (delete)
            File.Delete(path);
        else
            await Shell($"chmod -x '{path}'");
        Files.Open(go);
        string answer = await parent.ReadLine();
        answer.ShouldStartWith(nameof(ExecutorBrokenException));
        answer.ShouldContain(nameof(WorkerStartException));
        answer.ShouldContain(path);
        answer.ShouldContain(reason);
        (await parent.Ended()).ShouldBe(0);
    }

    [Fact, Fault(50)]
    public async Task A_runtime_without_its_host_is_named_by_the_constructor_already()
    {
        string root = _files.New(), go = _files.New(), host = Path.Combine(root, "dotnet");
        ParentProgram.CopyTo(root);
        await CopyRuntime(root);
        await using ParentProgram parent = ParentProgram.StartBy([.. ParentProgram.OwnSession, host], root, [], "constructed", go);
        (await parent.ReadLine()).ShouldBe("ready");
        File.Delete(host);
        Files.Open(go);
        string answer = await parent.ReadLine();
        answer.ShouldStartWith(nameof(WorkerStartException));
        answer.ShouldContain($"{host} does not exist");
        (await parent.Ended()).ShouldBe(0);
    }

    public void Dispose() => _files.Dispose();

    /// <summary>Makes a folder a home of .NET, with files of its own that a test may spoil; links where the file system can, since it is large.</summary>
    private static async Task CopyRuntime(string root)
    {
        string version = RuntimeEnvironment.GetRuntimeDirectory().TrimEnd('/'), home = Path.GetFullPath(Path.Combine(version, "..", "..", ".."));
        string framework = Path.Combine(root, "shared", "Microsoft.NETCore.App");
        Directory.CreateDirectory(framework);
        File.Copy(Path.Combine(home, "dotnet"), Path.Combine(root, "dotnet"));
        foreach (var (from, to) in new[] { (Path.Combine(home, "host"), Path.Combine(root, "host")), (version, Path.Combine(framework, Path.GetFileName(version))) })
            await Shell($"cp -al '{from}' '{to}' 2>/dev/null || cp -a '{from}' '{to}'");
    }

    private static async Task Shell(string script)
    {
        using Process shell = Process.Start("sh", ["-c", script]);
        await shell.WaitForExitAsync().Time();
        shell.ExitCode.ShouldBe(0);
    }
}
