using System.Diagnostics;

namespace ManyHands.Advisor;

/// <summary>
/// Tries rising numbers of workers with work that waits, as long as each doubling brings a tenth more tasks a second. One task at a time tells what a task
/// costs alone: together many cost less each, and whatever they wait for may have a limit of its own. Runs the work some thousand times, so only where that is
/// asked for. Where tasks begin to fail that did not fail singly, it ends.
/// </summary>
public static class Ramp
{
    /// <summary>Gain below which a doubling is not worth its workers.</summary>
    internal const double Gain = 1.1;

    private const int MostSteps = 6;
    private const int MostWorkers = 512;
    private const int MostTasks = 20_000;
    private static readonly TimeSpan _step = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan _all = TimeSpan.FromSeconds(6);

    /// <summary>Whether it would tell something: the work waits for a part of its time, and crashes nobody.</summary>
    /// <param name="advice">What was drawn from single tasks.</param>
    /// <returns>Where not, the advice stands.</returns>
    public static bool IsOfUse(Advice advice)
    {
        ArgumentNullException.ThrowIfNull(advice);
        return advice is { Character: WorkCharacter.IoBound or WorkCharacter.Mixed, Measurement.Crash: null, Workers: > 1 };
    }

    /// <summary>Runs a command with rising numbers of it at once.</summary>
    /// <param name="template">The command and its inputs.</param>
    /// <param name="advice">What was drawn from single runs; half of its number is where the ramp begins.</param>
    /// <param name="limits">The most that one run may take.</param>
    /// <param name="cancellationToken">Stops it, and what runs.</param>
    /// <returns>The measurement with the steps in it.</returns>
    public static Task<Measurement> OfCommandAsync(
        CommandTemplate template, Advice advice, ProbeLimits limits, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(advice);
        ArgumentNullException.ThrowIfNull(limits);
        return ClimbAsync(
            advice, workers => new ThreadExecutor(workers), new Trials<int>(task => task, task => template.RunOrThrowAsync(task, limits, cancellationToken), null, null),
            cancellationToken);
    }

    /// <summary>Runs a method with rising numbers of it at once, on threads of a worker process.</summary>
    /// <param name="method">The method.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="advice">What was drawn from single runs; half of its number is where the ramp begins.</param>
    /// <param name="limits">The most that one run may take.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The measurement with the steps in it.</returns>
    public static Task<Measurement> OfMethodAsync(
        MethodAddress method, IReadOnlyList<string> inputs, Advice advice, ProbeLimits limits, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(advice);
        ArgumentNullException.ThrowIfNull(limits);
        return ClimbAsync(
            advice,
            workers => new ProcessExecutor(
                new ProcessExecutorOptions { Workers = 1, LanesPerWorker = workers, Output = WorkerOutput.Discard, KillAfter = TimeSpan.Zero }),
            new Trials<MethodCall>(
                task => new MethodCall(method, inputs.Count == 0 ? "" : inputs[task % inputs.Count]), MethodRun.OnceAsync, MethodRun.Once, limits.LongestRun),
            cancellationToken);
    }

    private static async Task<Measurement> ClimbAsync<TInput>(
        Advice advice, Func<int, Executor> make, Trials<TInput> trials, CancellationToken cancellationToken)
    {
        Measurement measurement = advice.Measurement;
        int most = Math.Min(MostWorkers, Math.Min(measurement.Tasks ?? int.MaxValue, CostModel.MostWorkers(measurement, advice.Machine, advice.Kind)));
        var steps = new List<RampStep>();
        long started = Stopwatch.GetTimestamp();
        for (int workers = Math.Clamp(advice.Workers / 2, 1, most); steps.Count < MostSteps && Stopwatch.GetElapsedTime(started) < _all; workers = Math.Min(2 * workers, most))
        {
            // At least four turns for each, since a turn that is not full counts as one.
            int tasks = (int)Math.Clamp(workers * _step.TotalSeconds / measurement.Wall.Median, 4 * workers, MostTasks);
            Executor executor = make(workers);
            await using var closing = executor.ConfigureAwait(false);
            TrialResult warm = await trials.RunAsync(executor, 2 * workers, cancellationToken).ConfigureAwait(false); // the workers are there
            TrialResult result = warm.Failure is null ? await trials.RunAsync(executor, tasks, cancellationToken).ConfigureAwait(false) : warm;
            if (result.Failure is { } failure && measurement.Failure is null)
                return measurement with { Ramp = steps, RampFailure = $"With {workers} at once, {result.Failed} of {result.Tasks} failed: {failure}" };
            steps.Add(new RampStep(workers, result.TasksPerSecond));
            if (workers == most || (steps.Count > 2 && result.TasksPerSecond < Gain * steps[^2].TasksPerSecond))
                break;
        }

        return measurement with { Ramp = steps };
    }
}

/// <summary>One number of workers that was tried.</summary>
/// <param name="Workers">The number.</param>
/// <param name="TasksPerSecond">Tasks that ended well in a second.</param>
public sealed record RampStep(int Workers, double TasksPerSecond);
