using System.Globalization;
using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>
/// Workers are killed under a load at random moments, and the tasks' own ledger is the witness: who was lost, who ran twice, who was blamed.
/// </summary>
public sealed class Witnessed : IDisposable
{
    private const int Tasks = 500;
    private const int Kills = 12;

    private readonly Files _files = new();

    [Theory, Fault(1), Fault(44), Fault(45)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_task_that_is_not_to_be_retried_is_begun_once_at_most_and_lost_only_to_a_kill_that_found_it_begun(int seed)
    {
        string ledger = _files.New();
        await using ProcessExecutor pool = FaultPool.Of(2);
        Task<int>[] tasks = await Submit(pool, ledger, new SubmitOptions());
        HashSet<int> killed = await KillWorkersOf(pool, tasks, seed);
        var (begun, ended) = Read(ledger);
        int lost = 0;
        for (int number = 0; number < Tasks; number++)
        {
            begun[number].Count.ShouldBeLessThanOrEqualTo(1, $"task {number} of seed {seed}");
            if (tasks[number].Exception?.InnerException is { } error)
            {
                var loss = error.ShouldBeOfType<WorkerLostException>();
                (loss.TaskState, loss.Attempt).ShouldBe((LostTaskState.Started, 1));
                killed.ShouldContain(loss.Pid);
                begun[number].ShouldAllBe(pid => pid == loss.Pid);
                lost++;
            }
            else
            {
                (await tasks[number]).ShouldBe(number);
                begun[number].Count.ShouldBe(1);
                ended[number].ShouldBe(begun[number]);
            }
        }

        lost.ShouldBeLessThanOrEqualTo(killed.Count); // one lane, so one task each
        pool.Snapshot().WorkersLost.ShouldBeLessThanOrEqualTo(killed.Count);
    }

    [Fact, Fault(43), Fault(45)]
    public async Task A_task_that_may_be_retried_is_begun_anew_for_each_worker_it_cost_and_never_besides()
    {
        string ledger = _files.New();
        await using ProcessExecutor pool = FaultPool.Of(2);
        Task<int>[] tasks = await Submit(pool, ledger, new SubmitOptions { Idempotent = true, Retry = new() });
        Task poison = pool.RunAsync(Crashing.Kill, 0, new SubmitOptions { Idempotent = true, Retry = new(), Name = "poison" });
        HashSet<int> killed = await KillWorkersOf(pool, tasks, seed: 3);
        (await Should.ThrowAsync<WorkerLostException>(() => poison.Time())).Message.ShouldContain("poison");
        var (begun, ended) = Read(ledger);
        int again = 0;
        for (int number = 0; number < Tasks; number++)
        {
            if (tasks[number].Exception?.InnerException is { } error)
            {
                error.ShouldBeOfType<WorkerLostException>().Attempt.ShouldBe(3);
                continue;
            }

            (await tasks[number]).ShouldBe(number);
            begun[number].Distinct().Count().ShouldBe(begun[number].Count); // each time in another process
            begun[number].SkipLast(1).ShouldAllBe(pid => killed.Contains(pid));
            ended[number].ShouldContain(begun[number][^1]);
            again += begun[number].Count - 1;
        }

        again.ShouldBeLessThanOrEqualTo(killed.Count);
    }

    [Fact, Fault(44)]
    public async Task A_killer_among_a_hundred_that_may_not_be_retried_is_blamed_alone()
    {
        string ledger = _files.New();
        await using ProcessExecutor pool = FaultPool.Of(1);
        for (int round = 0; round < 3; round++)
        {
            Task<int>[] before = await Submit(pool, ledger, new SubmitOptions(), 50);
            Task killer = pool.RunAsync(Ledger.KillSelf, (ledger, 999));
            Task<int>[] after = await Submit(pool, ledger, new SubmitOptions(), 50);
            await Should.ThrowAsync<WorkerLostException>(() => killer.Time());
            await Task.WhenAll([.. before, .. after]).Time();
        }

        (pool.Snapshot().Failed, pool.Snapshot().WorkersLost).ShouldBe((3, 3));
    }

    public void Dispose() => _files.Dispose();

    private static async Task<Task<int>[]> Submit(ProcessExecutor pool, string ledger, SubmitOptions options, int count = Tasks)
    {
        await pool.RunAsync(Arithmetic.AddOne, 0).Time(); // a worker is there
        return [.. Enumerable.Range(0, count).Select(number => pool.RunAsync(Ledger.WriteSlowly, (ledger, number), options))];
    }

    /// <summary>
    /// Kills workers, one every few milliseconds, until all tasks have ended or enough were killed; then waits for the tasks. Only such as have
    /// ended a task already: if none ever did, the executor would rightly say that it is broken.
    /// </summary>
    private static async Task<HashSet<int>> KillWorkersOf(ProcessExecutor pool, Task<int>[] tasks, int seed)
    {
        var random = new Random(seed);
        var killed = new HashSet<int>();
        Task all = Task.WhenAll(tasks.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));
        while (!all.IsCompleted && killed.Count < Kills)
        {
            await Task.WhenAny(all, Task.Delay(random.Next(1, 40)));
            int[] pids = [.. pool.Snapshot().Workers.Where(worker => worker is { State: WorkerState.Busy, Tasks: > 0 }).Select(worker => worker.Pid ?? 0).Where(pid => pid > 0)];
            if (pids.Length > 0 && killed.Add(pids[random.Next(pids.Length)]))
                Signals.Kill(killed.Last());
        }

        await all.Time();
        return killed;
    }

    private static (List<int>[] Begun, List<int>[] Ended) Read(string ledger)
    {
        List<int>[] begun = [.. Enumerable.Range(0, Tasks).Select(_ => new List<int>())], ended = [.. begun.Select(_ => new List<int>())];
        foreach (string[] words in File.ReadLines(ledger).Select(line => line.Split(' ')))
            (words[0] == "begin" ? begun : ended)[int.Parse(words[1], CultureInfo.InvariantCulture)].Add(int.Parse(words[2], CultureInfo.InvariantCulture));
        return (begun, ended);
    }
}
