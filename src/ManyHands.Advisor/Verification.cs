namespace ManyHands.Advisor;

/// <summary>What an advice and its neighbours came to when they were tried.</summary>
/// <param name="Ways">What was tried, the advised way first.</param>
public sealed record Verification(IReadOnlyList<VerifiedWay> Ways)
{
    private const int Rounds = 3;
    private const double SecondsPerTry = 1.0;
    private const int MostTasks = 20_000;

    /// <summary>The fastest of those with which no task failed; null if some failed with each.</summary>
    public VerifiedWay? Best => Ways.Where(way => way is { Failed: 0, TasksPerSecond: > 0 }).MaxBy(way => way.TasksPerSecond);

    /// <summary>
    /// What the advised way lacks of the fastest, from 0: 0.1 says that the fastest runs a tenth more tasks in the same time. Null if tasks failed with the advised way.
    /// </summary>
    public double? OffBy => Best is { } best && Ways[0].Failed == 0 ? 1 - (Ways[0].TasksPerSecond / best.TasksPerSecond) : null;

    /// <summary>Corrects an advice by what came of it: tasks failed with it, or it was not as fast as was drawn from single tasks.</summary>
    /// <param name="advice">The advice that was tried.</param>
    /// <returns>The advice if its way went well, else the fastest way that did; with the speed-up that was measured, if serial work was.</returns>
    /// <exception cref="WorkFailedException">Tasks failed with every way.</exception>
    public Advice Correct(Advice advice)
    {
        ArgumentNullException.ThrowIfNull(advice);
        if (Best is not { } best)
        {
            VerifiedWay fewest = Ways.MinBy(way => way.Workers)!;
            throw new WorkFailedException(
                $"'{advice.Measurement.Work}' failed in every way it was tried; of {fewest.Tasks} runs, {Quantity.AtOnce(fewest.Workers)}, {fewest.Failed} failed: "
                + $"{SampleFailure.Sentence(fewest.Failure ?? "")} There is no advice on work that fails.");
        }

        VerifiedWay way = Ways[0].Failed == 0 ? Ways[0] : best;
        double speedUp = Ways.FirstOrDefault(other => other is { Kind: WorkerKind.Serial, Failed: 0, TasksPerSecond: > 0 }) is { } serial
            ? way.TasksPerSecond / serial.TasksPerSecond
            : Math.Min(advice.SpeedUp, way.Workers);
        if (way == Ways[0])
            return advice with { SpeedUp = speedUp };
        string why = $"With {Quantity.Workers(Ways[0].Workers)}, {Ways[0].Failed} of {Ways[0].Tasks} tasks failed when that was tried: {SampleFailure.Sentence(Ways[0].Failure ?? "")}";
        return (advice with { Kind = way.Kind, Workers = way.Workers, SpeedUp = speedUp, Why = [.. advice.Why, why] }).WithFindings();
    }

    /// <summary>Tries an advice for a command: half as many workers, twice as many, and one after another.</summary>
    /// <param name="template">The command.</param>
    /// <param name="advice">The advice.</param>
    /// <param name="limits">The most that one run may take.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What all of them came to.</returns>
    public static Task<Verification> OfCommandAsync(
        CommandTemplate template, Advice advice, ProbeLimits limits, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(advice);
        ArgumentNullException.ThrowIfNull(limits);
        return TryAllAsync(advice, new Trials<int>(task => task, task => template.RunOrThrowAsync(task, limits, cancellationToken), null, null), cancellationToken);
    }

    /// <summary>Tries an advice for a method: half as many workers, twice as many, one after another, and the other kind of worker where it survives the work.</summary>
    /// <param name="method">The method.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="advice">The advice.</param>
    /// <param name="limits">The most that one run may take.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What all of them came to.</returns>
    public static Task<Verification> OfMethodAsync(
        MethodAddress method, IReadOnlyList<string> inputs, Advice advice, ProbeLimits limits, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(advice);
        ArgumentNullException.ThrowIfNull(limits);
        return TryAllAsync(
            advice,
            new Trials<MethodCall>(
                task => new MethodCall(method, inputs.Count == 0 ? "" : inputs[task % inputs.Count]), MethodRun.OnceAsync,
                advice.Measurement.IsAsync ? null : MethodRun.Once, limits.LongestRun),
            cancellationToken);
    }

    private static async Task<Verification> TryAllAsync<TInput>(Advice advice, Trials<TInput> trials, CancellationToken cancellationToken)
    {
        (WorkerKind Kind, int Workers)[] ways = Neighbours(advice);
        var results = ways.ToDictionary(way => way, _ => new List<TrialResult>());
        for (int round = 0; round < Rounds; round++)
        {
            foreach (var way in ways)
            {
                double expected = Math.Max(1, Math.Min(way.Workers, Math.Max(advice.SpeedUp, 1))) / advice.Measurement.Wall.Median;
                int tasks = (int)Math.Clamp(expected * SecondsPerTry, Math.Min(3 * way.Workers, MostTasks), MostTasks);
                results[way].Add(await TryAsync(way.Kind, way.Workers, tasks, trials, cancellationToken).ConfigureAwait(false));
            }
        }

        return new Verification([.. ways.Select(way => Way(way.Kind, way.Workers, results[way], advice.Measurement.Crash is not null))]);
    }

    // Of work that is known to end its process now and then, tasks lost that way are no failure of the number of workers.
    private static VerifiedWay Way(WorkerKind kind, int workers, IReadOnlyList<TrialResult> results, bool crashes)
    {
        int failed = results.Sum(result => result.Failed - (crashes ? result.Lost : 0));
        return new VerifiedWay(kind, workers, new Series([.. results.Select(result => result.TasksPerSecond)]).Median)
        {
            Tasks = results.Sum(result => result.Tasks),
            Failed = failed,
            Failure = failed == 0 ? null : results.Select(result => result.Failure).First(failure => failure is not null),
        };
    }

    private static (WorkerKind Kind, int Workers)[] Neighbours(Advice advice)
    {
        var ways = new List<(WorkerKind, int)> { (advice.Kind, advice.Workers) };
        WorkerKind kind = advice.Kind == WorkerKind.Serial ? WorkerKind.Threads : advice.Kind;
        ways.Add((kind, Math.Max(1, advice.Workers / 2)));
        ways.Add((kind, advice.Workers * 2));
        if (advice.Measurement.Crash is null)
        {
            ways.Add((WorkerKind.Serial, 1));
            if (!advice.Measurement.IsCommand)
                ways.Add((kind == WorkerKind.Threads ? WorkerKind.Processes : WorkerKind.Threads, Math.Min(advice.Workers, advice.Machine.Cores)));
        }

        return [.. ways.Distinct()];
    }

    private static async Task<TrialResult> TryAsync<TInput>(
        WorkerKind kind, int workers, int tasks, Trials<TInput> trials, CancellationToken cancellationToken)
    {
        if (kind == WorkerKind.Serial)
            return await trials.RunSeriallyAsync(tasks, cancellationToken).ConfigureAwait(false);
        Executor pool = kind == WorkerKind.Processes ? new ProcessExecutor(workers) : new ThreadExecutor(workers);
        await using var closing = pool.ConfigureAwait(false);
        TrialResult warm = await trials.RunAsync(pool, Math.Min(workers, tasks), cancellationToken).ConfigureAwait(false); // the workers are there
        return warm.Failure is null ? await trials.RunAsync(pool, tasks, cancellationToken).ConfigureAwait(false) : warm;
    }
}

/// <summary>One way that was tried.</summary>
/// <param name="Kind">Kind of worker.</param>
/// <param name="Workers">Number of workers.</param>
/// <param name="TasksPerSecond">Tasks that ended well in a second, the median of three rounds.</param>
public sealed record VerifiedWay(WorkerKind Kind, int Workers, double TasksPerSecond)
{
    /// <summary>Tasks that were run, in all rounds.</summary>
    public int Tasks { get; init; }

    /// <summary>Tasks of these that failed. A way with one is never the best.</summary>
    public int Failed { get; init; }

    /// <summary>How the first of them failed; null if none did.</summary>
    public string? Failure { get; init; }
}
