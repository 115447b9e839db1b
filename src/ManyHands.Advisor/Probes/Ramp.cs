using System.Diagnostics;

namespace ManyHands.Advisor;

/// <summary>
/// Tries rising numbers of workers with work that waits, as long as each doubling brings a tenth more tasks a second. One task at a time tells what a task
/// costs alone: together many cost less each, and whatever they wait for may have a limit of its own. Runs the work some thousand times, so only where that is
/// asked for. Where tasks begin to fail that did not fail singly, it goes down again to the largest number with which none does.
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
    /// <exception cref="WorkFailedException">It fails one at a time too.</exception>
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
    /// <exception cref="WorkFailedException">It fails one at a time too.</exception>
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
        return await ClimbAsync(measurement, Math.Clamp(advice.Workers / 2, 1, most), most, StepAsync).ConfigureAwait(false);

        async Task<TrialResult> StepAsync(int workers)
        {
            // At least four turns for each, since a turn that is not full counts as one.
            int tasks = (int)Math.Clamp(workers * _step.TotalSeconds / measurement.Wall.Median, 4 * workers, MostTasks);
            Executor executor = make(workers);
            await using var closing = executor.ConfigureAwait(false);
            TrialResult warm = await trials.RunAsync(executor, 2 * workers, cancellationToken).ConfigureAwait(false); // the workers are there
            return warm.Failure is null ? await trials.RunAsync(executor, tasks, cancellationToken).ConfigureAwait(false) : warm;
        }
    }

    /// <summary>Which numbers are tried, and what is concluded from how they went.</summary>
    /// <param name="measurement">What single runs told.</param>
    /// <param name="first">The number to begin with.</param>
    /// <param name="most">The largest number.</param>
    /// <param name="stepAsync">Tries one number.</param>
    /// <returns>The measurement with the steps in it.</returns>
    internal static async Task<Measurement> ClimbAsync(Measurement measurement, int first, int most, Func<int, Task<TrialResult>> stepAsync)
    {
        var steps = new List<RampStep>();
        long started = Stopwatch.GetTimestamp();
        for (int workers = first; steps.Count < MostSteps && Stopwatch.GetElapsedTime(started) < _all; workers = Math.Min(2 * workers, most))
        {
            TrialResult result = await stepAsync(workers).ConfigureAwait(false);
            if (result.Failure is not null)
                return await DescendAsync(measurement, steps, workers, result, stepAsync, started).ConfigureAwait(false);
            steps.Add(new RampStep(workers, result.TasksPerSecond));
            if (workers == most || (steps.Count > 2 && result.TasksPerSecond < Gain * steps[^2].TasksPerSecond))
                break;
        }

        return measurement with { Ramp = steps };
    }

    // By halves, until it goes well; then between what went well and what did not, to a tenth. Once the time is up: whether it goes well at all, and no more.
    private static async Task<Measurement> DescendAsync(
        Measurement measurement, List<RampStep> steps, int failing, TrialResult failure, Func<int, Task<TrialResult>> stepAsync, long started)
    {
        int well = steps.Count > 0 ? steps[^1].Workers : 0;
        while (failing - well > Math.Max(1, well / 10))
        {
            bool isLate = Stopwatch.GetElapsedTime(started) > 2 * _all;
            if (isLate && well > 0)
                break;
            int workers = isLate ? 1 : (well + failing) / 2;
            TrialResult result = await stepAsync(workers).ConfigureAwait(false);
            if (result.Failure is not null)
            {
                (failing, failure) = (workers, result);
            }
            else
            {
                well = workers;
                steps.Add(new RampStep(workers, result.TasksPerSecond));
            }
        }

        if (well == 0)
        {
            throw new WorkFailedException(
                $"'{measurement.Work}' failed when it was run again, one at a time: {SampleFailure.Sentence(failure.Failure!)} --verify repeats the work many times. "
                + "Name work that can be repeated, or leave --verify out.");
        }

        return measurement with
        {
            Ramp = [.. steps.OrderBy(step => step.Workers)],
            RampFailure = $"With {failing} at once, {failure.Failed} of {failure.Tasks} failed: {SampleFailure.Sentence(failure.Failure!)}",
        };
    }
}

/// <summary>One number of workers that was tried, and with which no task failed.</summary>
/// <param name="Workers">The number.</param>
/// <param name="TasksPerSecond">Tasks in a second.</param>
public sealed record RampStep(int Workers, double TasksPerSecond);
