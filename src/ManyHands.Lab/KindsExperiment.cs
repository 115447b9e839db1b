namespace ManyHands.Lab;

/// <summary>An experiment whose tasks are the same on every kind of worker.</summary>
/// <typeparam name="TWork">The class that holds the work: the experiment itself.</typeparam>
/// <typeparam name="TInput">Input of one task.</typeparam>
public abstract class KindsExperiment<TWork, TInput> : Experiment
    where TWork : ITaskWork<TInput>
{
    /// <summary>Tasks that a computing experiment divides its work into: enough for the largest number of workers.</summary>
    protected const int Parts = 16;

    /// <summary>Inputs of all tasks.</summary>
    protected abstract IReadOnlyList<TInput> Inputs { get; }

    /// <summary>Input of a task that is over at once, to get workers ready.</summary>
    protected abstract TInput WarmUp { get; }

    /// <summary>The work that waits asynchronously, where it can. See <see cref="AsyncOf{T}"/>. Default: it cannot.</summary>
    private protected virtual Func<TInput, Task<TaskRun>>? AsyncWork => null;

    /// <inheritdoc/>
    public override IReadOnlyList<Contestant> Contestants(IReadOnlyList<int> workerCounts)
    {
        ArgumentNullException.ThrowIfNull(workerCounts);
        var all = new List<Contestant> { new("serial", 1, _ => Task.FromResult(new Bout(RunSerially))) };
        foreach (int workers in workerCounts)
        {
            int processes = Math.Min(workers, Environment.ProcessorCount);
            int lanes = workers / processes;
            all.Add(On("threads", workers, () => new ThreadExecutor(workers)));
            if (AsyncWork is { } asyncWork)
                all.Add(new("async", workers, token => OpenAsync(() => new ThreadExecutor(workers), workers, asyncWork, token)));
            all.Add(On("contexts", workers, () => KeptContexts.Of(workers)));
            all.Add(On("processes", workers, () => new ProcessExecutor(workers)));
            if (lanes > 1)
            {
                all.Add(On(
                    "processes × threads", processes * lanes,
                    () => new ProcessExecutor(new ProcessExecutorOptions { Workers = processes, LanesPerWorker = lanes })));
            }
        }

        return all;
    }

    /// <summary>The asynchronous form of work that has one.</summary>
    private protected static Func<TInput, Task<TaskRun>> AsyncOf<T>()
        where T : IAsyncTaskWork<TInput> => TimedAsync<T, TInput>.RunAsync;

    private Contestant On(string kind, int workers, Func<Executor> make) =>
        new(kind, workers, token => OpenAsync(make, workers, null, token));

    private async Task<Bout> OpenAsync(Func<Executor> make, int lanes, Func<TInput, Task<TaskRun>>? asyncWork, CancellationToken cancellationToken)
    {
        Executor executor = make();
        try
        {
            await WarmWorkers.ReadyAsync(executor, lanes, Timed<TWork, TInput>.Run, WarmUp, cancellationToken).ConfigureAwait(false);
            return new Bout(token => RunOnAsync(executor, asyncWork, token), executor is ContextExecutor ? null : executor);
        }
        catch
        {
            await executor.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private Task<Outcome> RunSerially(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            var runs = new List<TaskRun>();
            foreach (TInput input in Inputs)
            {
                cancellationToken.ThrowIfCancellationRequested();
                runs.Add(Timed<TWork, TInput>.Run(input));
            }

            return new Outcome(runs.Sum(run => run.Value), runs);
        },
        cancellationToken);

    private async Task<Outcome> RunOnAsync(Executor executor, Func<TInput, Task<TaskRun>>? asyncWork, CancellationToken cancellationToken)
    {
        var results = asyncWork is null
            ? executor.MapAsync(Inputs, Timed<TWork, TInput>.Run, cancellationToken)
            : executor.MapAsync(Inputs, asyncWork, cancellationToken);
        var runs = new List<TaskRun>();
        await foreach (TaskRun run in results.ConfigureAwait(false))
            runs.Add(run);
        return new Outcome(runs.Sum(run => run.Value), runs);
    }
}
