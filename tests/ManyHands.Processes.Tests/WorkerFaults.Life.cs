using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests;

/// <content>Closing, retiring, lanes, nesting.</content>
public abstract partial class WorkerFaults<TFixture>
{
    [Fact]
    public async Task Closing_leaves_no_process()
    {
        var pids = new HashSet<int>();
        await using (Executor pool = New(workers: 2))
        {
            for (int i = 0; i < 20; i++)
                pids.Add(await pool.RunAsync(Arithmetic.ProcessId, 0).Time());
        }

        pids.ShouldAllBe(pid => !Signals.IsAlive(pid));
    }

    [Fact]
    public async Task Closing_with_a_worker_that_will_not_end_kills_it()
    {
        string begun = _files.New();
        Executor pool = _fixture.Create(new ExecutorOptions { Workers = 1, KillAfter = TimeSpan.FromMilliseconds(50) });
        Task victim = pool.RunAsync(Waiting.Loop, begun);
        await Within.Until(() => File.Exists(begun));
        int pid = int.Parse(await File.ReadAllTextAsync(begun), System.Globalization.CultureInfo.InvariantCulture);
        await pool.DisposeAsync().AsTask().Time();
        Signals.IsAlive(pid).ShouldBeFalse();
        await Should.ThrowAsync<ObjectDisposedException>(() => victim.Time());
    }

    [Fact, Fault(37)]
    public async Task A_worker_that_dies_while_the_executor_closes_does_not_hold_it_up()
    {
        for (int i = 0; i < 5; i++)
        {
            Executor pool = New(workers: 2);
            Task[] deaths = [.. Enumerable.Range(0, 2).Select(_ => pool.RunAsync(Crashing.Kill, 0))];
            await pool.CloseAsync(CloseMode.Drain).Time();
            deaths.ShouldAllBe(death => death.IsFaulted);
        }
    }

    [Fact]
    public async Task Workers_retire_after_their_tasks_and_nothing_is_lost()
    {
        await using ProcessExecutor pool = _fixture.Create(
            new ProcessExecutorOptions { Workers = 2, Retire = new Retirement { AfterTasks = 3 } });
        int[] pids = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => pool.RunAsync(Arithmetic.ProcessId, 0))).Time();
        pids.GroupBy(pid => pid).ShouldAllBe(worker => worker.Count() <= 3);
        pool.Snapshot().WorkersRetired.ShouldBeGreaterThanOrEqualTo(6);
        pool.Snapshot().WorkersLost.ShouldBe(0);
    }

    [Fact]
    public async Task Workers_retire_when_they_have_grown_too_big_and_when_they_are_idle()
    {
        await using ProcessExecutor pool = _fixture.Create(
            new ProcessExecutorOptions { Workers = 1, Retire = new Retirement { AboveBytes = 300_000_000, AfterIdle = TimeSpan.FromMilliseconds(300) } });
        int pid = await pool.RunAsync(Leaking.Keep, 1_000_000).Time();
        (await pool.RunAsync(Leaking.Keep, 300_000_000).Time()).ShouldBe(pid);
        (await pool.RunAsync(Leaking.Keep, 1000).Time()).ShouldNotBe(pid);
        await Within.Until(() => pool.Snapshot().Workers.Count == 0); // idle
        pool.Snapshot().WorkersRetired.ShouldBe(2);
        await pool.RunAsync(Arithmetic.AddOne, 1).Time();
    }

    [Fact]
    public async Task Lanes_of_one_worker_run_at_once_in_one_process()
    {
        await using ProcessExecutor pool = _fixture.Create(new ProcessExecutorOptions { Workers = 1, LanesPerWorker = 3 });
        string gate = _files.New();
        string[] begun = [_files.New(), _files.New(), _files.New()];
        Task<string>[] tasks = [.. begun.Select(file => pool.RunAsync(Waiting.ForFile, (file, gate)))];
        await Within.Until(() => begun.All(file => File.Exists(file) && new FileInfo(file).Length > 0));
        begun.Select(File.ReadAllText).Distinct().Count().ShouldBe(1);
        Files.Open(gate);
        await Task.WhenAll(tasks).Time();
    }

    [Fact]
    public async Task A_kill_says_whom_it_cost()
    {
        var log = new EventLog();
        await using ProcessExecutor pool = _fixture.Create(new ProcessExecutorOptions { Workers = 1, LanesPerWorker = 3, Observer = log });
        string gate = _files.New();
        string[] begun = [_files.New(), _files.New()];
        Future<string>[] neighbours = await Task.WhenAll(begun.Select(file => pool.SubmitAsync(Waiting.ForFile, (file, gate))));
        await Within.Until(() => begun.All(File.Exists));
        string endlessBegun = _files.New();
        Future endless = await pool.SubmitAsync(Endless.LoopNatively, endlessBegun, new SubmitOptions { Name = "the endless one" });
        await Within.Until(() => File.Exists(endlessBegun)); // what has not begun is taken back, and costs nobody anything
        endless.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => endless.Task.Time());
        foreach (Future<string> neighbour in neighbours)
        {
            var error = await Should.ThrowAsync<WorkerLostException>(() => ((Task)neighbour.Task).Time());
            error.Message.ShouldContain($"It was killed to stop its task {endless.Id} (the endless one).");
        }

        await Within.Until(() => log.Count<WorkerEnded>() == 1);
        log.Events.OfType<WorkerEnded>().Single().Lost.OrderBy(id => id.Value).ShouldBe(neighbours.Select(neighbour => neighbour.Id).OrderBy(id => id.Value));
    }

    [Fact]
    public async Task Cancelled_tasks_that_lay_ready_do_not_make_their_worker_forget_the_one_it_runs()
    {
        await using Executor pool = New(workers: 1);
        await pool.MapAsync(Enumerable.Range(0, 2000), Arithmetic.AddOne).ToList().Time(); // tiny tasks: items lie ready in the lane from now on
        string begun = _files.New(), gate = _files.New();
        using var cancel = new CancellationTokenSource();
        Task<int>[] before = [.. Enumerable.Range(0, 200).Select(number => pool.RunAsync(Arithmetic.AddOne, number))];
        Task<string> slow = pool.RunAsync(Waiting.ForFile, (begun, gate));
        Task<int>[] unwanted = [.. Enumerable.Range(0, 1000).Select(number => pool.RunAsync(Arithmetic.AddOne, number, cancel.Token))];
        Task<int>[] after = [.. Enumerable.Range(0, 1000).Select(number => pool.RunAsync(Arithmetic.AddOne, number))];
        await Within.Until(() => File.Exists(begun));
        await cancel.CancelAsync();
        Files.Open(gate);
        (await slow.Time()).ShouldBe(begun);
        (await Task.WhenAll(before).Time()).ShouldBe(Enumerable.Range(1, 200));
        (await Task.WhenAll(after).Time()).ShouldBe(Enumerable.Range(1, 1000));
        unwanted.ShouldAllBe(task => task.IsCanceled);
    }

    [Fact]
    public async Task What_work_leaves_in_its_surroundings_does_not_reach_the_next_task()
    {
        await using Executor pool = New(workers: 1);
        await pool.RunAsync(Surroundings.Spoil, 5).Time();
        (await pool.RunAsync(Surroundings.Read, 0).Time()).ShouldBe(0);
        (await pool.RunAsync(Arithmetic.Async, 1).Time()).ShouldBe(2);
    }

    [Fact]
    public async Task A_stopped_worker_holds_up_neither_cancelling_nor_closing()
    {
        ProcessExecutor pool = _fixture.Create(new ProcessExecutorOptions { Workers = 1, LanesPerWorker = 300, KillAfter = TimeSpan.FromMilliseconds(50) });
        int pid = await pool.RunAsync(Arithmetic.ProcessId, 0).Time();
        using var cancel = new CancellationTokenSource();
        string gate = _files.New();
        (string Begun, string Gate)[] files = [.. Enumerable.Range(0, 300).Select(_ => (_files.New(), gate))];
        Task<string>[] tasks = [.. files.Select(file => pool.RunAsync(Waiting.ForFilePolitely, file, cancel.Token))];
        await Within.Until(() => files.All(file => File.Exists(file.Begun)));
        Signals.Stop(pid);
        await Task.Run(cancel.Cancel).Time();
        await Task.Run(() => pool.CloseAsync(CloseMode.Kill)).Time();
        Signals.IsAlive(pid).ShouldBeFalse();
        tasks.ShouldAllBe(task => task.IsCompleted && !task.IsCompletedSuccessfully);
    }

    [Fact, Fault(39)]
    public async Task Executors_in_workers_are_bounded_in_depth_and_number()
    {
        await using Executor pool = New(workers: 1);
        (await pool.RunAsync(NestedWork.Dive, 1).Time()).ShouldBe(4);
        (await pool.RunAsync(NestedWork.Workers, 2).Time()).ShouldBe(2);
    }

    [Fact]
    public async Task An_executor_with_its_own_codec_uses_it_on_both_sides()
    {
        await using ProcessExecutor pool = _fixture.Create(new ProcessExecutorOptions { Workers = 1, Codec = new TwiceCodec() });
        (await pool.RunAsync(Arithmetic.AddOne, 10).Time()).ShouldBe(42); // doubled on the way there, and back
    }
}
