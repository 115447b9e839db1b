using System.Diagnostics;

namespace ManyHands.Advisor;

/// <summary>Many runs of the same work on some executor, to see how many end well in a second.</summary>
/// <param name="input">Input of each run, by its number.</param>
/// <param name="work">The work.</param>
/// <param name="blocking">The same, holding its thread; null where it waits asynchronously.</param>
/// <param name="limit">The most that one run may take, where the executor has to see to that.</param>
internal sealed class Trials<TInput>(Func<int, TInput> input, Func<TInput, Task> work, Action<TInput>? blocking, TimeSpan? limit)
{
    public async Task<TrialResult> RunAsync(Executor executor, int tasks, CancellationToken cancellationToken)
    {
        var options = new MapOptions { OnFailure = OnFailure.Continue, Timeout = limit };
        IEnumerable<TInput> inputs = Enumerable.Range(0, tasks).Select(input);
        int failed = 0, lost = 0;
        string? failure = null;
        long started = Stopwatch.GetTimestamp();
        try
        {
            await (blocking is null
                ? executor.ForEachAsync(inputs, work, options, cancellationToken)
                : executor.ForEachAsync(inputs, blocking, options, cancellationToken)).ConfigureAwait(false);
        }
        catch (MapFailedException failures)
        {
            failed = failures.Failures.Count;
            lost = failures.Failures.Count(one => one.Error is WorkerLostException);
            failure = failures.Failures[0].Error.Message.Split('\n')[0];
        }

        return new TrialResult(tasks, failed, failure, Stopwatch.GetElapsedTime(started).TotalSeconds) { Lost = lost };
    }

    /// <summary>The same, one after another.</summary>
    public async Task<TrialResult> RunSeriallyAsync(int tasks, CancellationToken cancellationToken)
    {
        int failed = 0;
        string? failure = null;
        long started = Stopwatch.GetTimestamp();
        for (int task = 0; task < tasks; task++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await work(input(task)).ConfigureAwait(false);
            }
            catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested) // the work's own
            {
                failed++;
                failure ??= error.Message.Split('\n')[0];
            }
        }

        return new TrialResult(tasks, failed, failure, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }
}

/// <summary>How many runs went well, and how long all took.</summary>
internal readonly record struct TrialResult(int Tasks, int Failed, string? Failure, double Seconds)
{
    /// <summary>Of those that failed, tasks that ended their process.</summary>
    public int Lost { get; init; }

    /// <summary>Of those that ended well: what fails at once is no speed.</summary>
    public double TasksPerSecond => Seconds > 0 ? (Tasks - Failed) / Seconds : 0;
}
