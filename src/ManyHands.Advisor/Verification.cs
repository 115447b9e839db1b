namespace ManyHands.Advisor;

/// <summary>What an advice and its neighbours came to when they were tried.</summary>
/// <param name="Ways">What was tried, the advised way first.</param>
public sealed record Verification(IReadOnlyList<VerifiedWay> Ways)
{
    private const int Rounds = 3;
    private const double SecondsPerTry = 1.0;
    private const int MostTasks = 20_000;

    /// <summary>The fastest of all.</summary>
    public VerifiedWay Best => Ways.MaxBy(way => way.TasksPerSecond)!;

    /// <summary>What the advised way lacks of the fastest, from 0: 0.1 says that the fastest runs a tenth more tasks in the same time.</summary>
    public double OffBy => 1 - (Ways[0].TasksPerSecond / Best.TasksPerSecond);

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
        var rates = ways.ToDictionary(way => way, _ => new List<double>());
        for (int round = 0; round < Rounds; round++)
        {
            foreach (var way in ways)
            {
                double expected = Math.Max(1, Math.Min(way.Workers, Math.Max(advice.SpeedUp, 1))) / advice.Measurement.Wall.Median;
                int tasks = (int)Math.Clamp(expected * SecondsPerTry, Math.Min(3 * way.Workers, MostTasks), MostTasks);
                rates[way].Add((await TryAsync(way.Kind, way.Workers, tasks, trials, cancellationToken).ConfigureAwait(false)).TasksPerSecond);
            }
        }

        return new Verification([.. ways.Select(way => new VerifiedWay(way.Kind, way.Workers, new Series(rates[way]).Median))]);
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
        await trials.RunAsync(pool, Math.Min(workers, tasks), cancellationToken).ConfigureAwait(false); // the workers are there
        return await trials.RunAsync(pool, tasks, cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>One way that was tried.</summary>
/// <param name="Kind">Kind of worker.</param>
/// <param name="Workers">Number of workers.</param>
/// <param name="TasksPerSecond">Tasks that ended well in a second, the median of three rounds.</param>
public sealed record VerifiedWay(WorkerKind Kind, int Workers, double TasksPerSecond);
