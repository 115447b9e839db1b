using System.Globalization;
using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>Executors for tests of faults, and what every fault has to leave as it was.</summary>
internal static class FaultPool
{
    public static ProcessExecutor Of(int workers, ExecutorObserver? observer = null) => new(Options(workers) with { Observer = observer });

    public static ProcessExecutorOptions Options(int workers) =>
        new() { Workers = workers, KillAfter = TimeSpan.FromMilliseconds(100), Output = WorkerOutput.Discard };

    /// <summary>
    /// Submits a task that costs its worker, between others on an executor of two workers: it alone fails, with the named error; all others
    /// give their results; the worker is gone; the pool is back at its size.
    /// </summary>
    public static async Task<WorkerLostException> LosesOnly(this Executor pool, Func<Task> submit)
    {
        long lostBefore = pool.Snapshot().WorkersLost;
        Task<int>[] before = [.. Enumerable.Range(0, 10).Select(number => pool.RunAsync(Waiting.For, 1 + (number % 3)))];
        Task victim = submit();
        Task<int>[] after = [.. Enumerable.Range(0, 30).Select(number => pool.RunAsync(Arithmetic.AddOne, number))];

        var error = await Should.ThrowAsync<WorkerLostException>(() => victim.Time());
        error.TaskState.ShouldBe(LostTaskState.Started);
        error.Attempt.ShouldBe(1);
        Signals.IsAlive(error.Pid).ShouldBeFalse();
        (await Task.WhenAll(after).Time()).ShouldBe(Enumerable.Range(1, 30));
        await Task.WhenAll(before).Time();
        await pool.IsWhole(workers: 2);
        pool.Snapshot().WorkersLost.ShouldBe(lostBefore + 1);
        return error;
    }

    /// <summary>Waits until every worker is there and has nothing to do.</summary>
    public static Task IsWhole(this Executor pool, int workers) =>
        Within.Until(() => pool.Snapshot().Workers.Count(worker => worker.State is WorkerState.Idle) == workers);

    /// <summary>The process id that work has written to its file when it began.</summary>
    public static async Task<int> Begun(string file)
    {
        await Within.Until(() => File.Exists(file));
        return int.Parse(await File.ReadAllTextAsync(file), CultureInfo.InvariantCulture);
    }
}
