using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>
/// Tasks are cancelled at random moments, by token and by future, once and twice, from several threads: each ends exactly once, and what the
/// caller, the observer, the counts and the tasks' own ledger say of it agrees. Every seed is an interleaving; the schedule's are in
/// ManyHands.Tests/Pooling, exhaustively.
/// </summary>
public sealed class CancelRaces : IDisposable
{
    private const int Count = 80;

    private readonly Files _files = new();

    [Theory, Fault(34)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Tasks_that_listen_end_in_exactly_one_state(int seed)
    {
        using var race = new Race(seed, _files.New());
        await using ProcessExecutor pool = race.Pool(killAfter: TimeSpan.FromMinutes(1));
        await race.Run(pool, async (number, token) =>
            await pool.SubmitAsync(Racing.Politely, (race.Ledger, number, number * 37 % 900), token));
        race.Check(pool);
        pool.Snapshot().WorkersKilled.ShouldBe(0);
    }

    [Theory, Fault(34)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Tasks_that_do_not_listen_are_killed_and_nobody_else_is(int seed)
    {
        using var race = new Race(seed, _files.New()) { Cancels = 12 };
        await using ProcessExecutor pool = race.Pool(killAfter: TimeSpan.Zero);
        await race.Run(pool, async (number, token) => await pool.SubmitAsync(Racing.Deafly, (race.Ledger, number, 1500), token));
        race.Check(pool);
        pool.Snapshot().WorkersLost.ShouldBe(0);
    }

    public void Dispose() => _files.Dispose();

    private sealed class Race(int seed, string ledger) : IDisposable
    {
        private readonly Random _random = new(seed);
        private readonly EventLog _log = new();
        private readonly CancellationTokenSource[] _sources = [.. Enumerable.Range(0, Count).Select(_ => new CancellationTokenSource())];
        private readonly Task<int>?[] _tasks = new Task<int>?[Count];

        public int Cancels { get; init; } = Count / 2;

        public string Ledger => ledger;

        public ProcessExecutor Pool(TimeSpan killAfter) => new(FaultPool.Options(2) with { KillAfter = killAfter, Observer = _log });

        public async Task Run(ProcessExecutor pool, Func<int, CancellationToken, Task<Future<int>>> submit)
        {
            await pool.RunAsync(Arithmetic.AddOne, 0).Time(); // a worker is there
            var futures = new Future<int>?[Count];
            (int Victim, int Spin, int How)[] plan = [.. Enumerable.Range(0, Cancels).Select(_ => (_random.Next(Count), _random.Next(3000), _random.Next(3)))];
            Task[] cancelling = [.. Enumerable.Range(0, 3).Select(thread => Task.Run(() =>
            {
                for (int i = thread; i < plan.Length; i += 3)
                {
                    Thread.SpinWait(plan[i].Spin);
                    if (plan[i].How != 0)
                        _sources[plan[i].Victim].Cancel();
                    if (plan[i].How != 1)
                        Volatile.Read(ref futures[plan[i].Victim])?.Cancel();
                }
            }))];
            for (int number = 0; number < Count; number++)
            {
                try
                {
                    Volatile.Write(ref futures[number], await submit(number, _sources[number].Token));
                    _tasks[number] = futures[number]!.Task;
                }
                catch (OperationCanceledException)
                {
                    // Cancelled before it was submitted: it never was a task.
                }
            }

            await Task.WhenAll(cancelling).Time();
            await Task.WhenAll(_tasks.OfType<Task<int>>().Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default))).Time();
            for (int number = 0; number < Count; number++)
            {
                if (futures[number] is { } future)
                    future.State.ShouldBe(future.Task.IsCanceled ? FutureState.Cancelled : FutureState.Succeeded, $"seed {seed}, task {number}: {future.Task.Exception}");
                futures[number]?.Cancel(); // too late, and harmless
            }
        }

        public void Check(ProcessExecutor pool)
        {
            string story = $"seed {seed}";
            Task<int>[] tasks = [.. _tasks.OfType<Task<int>>()];
            TaskEnded[] ends = [.. _log.Events.OfType<TaskEnded>().Skip(1)]; // the first was to have a worker
            ends.Select(end => end.Task).Distinct().Count().ShouldBe(ends.Length, story);
            ends.Length.ShouldBe(tasks.Length, story);
            ends.Count(end => end.Outcome == TaskOutcome.Cancelled).ShouldBe(tasks.Count(task => task.IsCanceled), story);
            ExecutorSnapshot snapshot = pool.Snapshot();
            (snapshot.Succeeded, snapshot.Cancelled, snapshot.Failed).ShouldBe(
                (1 + tasks.Count(task => task.IsCompletedSuccessfully), tasks.Count(task => task.IsCanceled), 0), story);

            string[] lines = File.Exists(Ledger) ? File.ReadAllLines(Ledger) : [];
            lines.Distinct().Count().ShouldBe(lines.Length, story); // nothing began or ended twice
            for (int number = 0; number < Count; number++)
            {
                if (_tasks[number] is { IsCompletedSuccessfully: true } task)
                {
                    task.Result.ShouldBe(number, story);
                    lines.ShouldContain($"end {number}", story);
                }
            }
        }

        public void Dispose() => Array.ForEach(_sources, source => source.Dispose());
    }
}
