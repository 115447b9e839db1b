using System.Diagnostics;

namespace ManyHands.Advisor;

/// <summary>
/// Tries rising numbers of workers with work that waits, as long as each doubling brings a tenth more tasks a second. One task at a time tells what a task
/// costs alone: together many cost less each, and whatever they wait for may have a limit of its own.
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
        return advice is { Character: WorkCharacter.IoBound or WorkCharacter.Mixed, Measurement: { Crash: null, Tasks: > 2 }, Workers: > 1 };
    }

    /// <summary>Runs a command with rising numbers of it at once.</summary>
    /// <param name="template">The command and its inputs.</param>
    /// <param name="advice">What was drawn from single runs; half of its number is where the ramp begins.</param>
    /// <param name="cancellationToken">Stops it, and what runs.</param>
    /// <returns>The measurement with the steps in it.</returns>
    public static async Task<Measurement> OfCommandAsync(CommandTemplate template, Advice advice, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(advice);
        return await ClimbAsync(
            advice, workers => new ThreadExecutor(workers), task => task,
            async task => await (template.Command(task) with { OutputLimit = 4096 }).RunAsync(cancellationToken).ConfigureAwait(false), blocking: null, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Runs a method with rising numbers of it at once, on threads of a worker process.</summary>
    /// <param name="method">The method.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="advice">What was drawn from single runs; half of its number is where the ramp begins.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The measurement with the steps in it.</returns>
    public static async Task<Measurement> OfMethodAsync(
        MethodAddress method, IReadOnlyList<string> inputs, Advice advice, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(advice);
        return await ClimbAsync(
            advice,
            workers => new ProcessExecutor(
                new ProcessExecutorOptions { Workers = 1, LanesPerWorker = workers, Output = WorkerOutput.Discard, KillAfter = TimeSpan.Zero }),
            task => new MethodCall(method, inputs.Count == 0 ? "" : inputs[task % inputs.Count]),
            MethodRun.OnceAsync, MethodRun.Once, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Measurement> ClimbAsync<TInput>(
        Advice advice, Func<int, Executor> make, Func<int, TInput> input, Func<TInput, Task> work, Action<TInput>? blocking, CancellationToken cancellationToken)
    {
        Measurement measurement = advice.Measurement;
        int most = Math.Min(MostWorkers, Math.Min(measurement.Tasks, CostModel.MostWorkers(measurement, advice.Machine, advice.Kind)));
        var steps = new List<RampStep>();
        long started = Stopwatch.GetTimestamp();
        for (int workers = Math.Clamp(advice.Workers / 2, 1, most); steps.Count < MostSteps && Stopwatch.GetElapsedTime(started) < _all; workers = Math.Min(2 * workers, most))
        {
            double rate = await RateAsync(make(workers), workers, measurement, input, work, blocking, cancellationToken).ConfigureAwait(false);
            steps.Add(new RampStep(workers, rate));
            if (workers == most || (steps.Count > 2 && rate < Gain * steps[^2].TasksPerSecond))
                break;
        }

        return measurement with { Ramp = steps };
    }

    private static async Task<double> RateAsync<TInput>(
        Executor executor, int workers, Measurement measurement, Func<int, TInput> input, Func<TInput, Task> work, Action<TInput>? blocking,
        CancellationToken cancellationToken)
    {
        await using var closing = executor.ConfigureAwait(false);
        await RunAsync(2 * workers).ConfigureAwait(false); // the workers are there

        // At least four turns for each, since a turn that is not full counts as one.
        int tasks = (int)Math.Clamp(workers * _step.TotalSeconds / measurement.Wall.Median, 4 * workers, MostTasks);
        long started = Stopwatch.GetTimestamp();
        await RunAsync(tasks).ConfigureAwait(false);
        return tasks / Stopwatch.GetElapsedTime(started).TotalSeconds;

        async Task RunAsync(int count)
        {
            var options = new MapOptions { OnFailure = OnFailure.Continue };
            IEnumerable<TInput> inputs = Enumerable.Range(0, count).Select(input);
            try
            {
                await (blocking is null
                    ? executor.ForEachAsync(inputs, work, options, cancellationToken)
                    : executor.ForEachAsync(inputs, blocking, options, cancellationToken)).ConfigureAwait(false);
            }
            catch (MapFailedException) // what it costs counts, not what comes out
            {
            }
        }
    }
}

/// <summary>One number of workers that was tried.</summary>
/// <param name="Workers">The number.</param>
/// <param name="TasksPerSecond">Tasks that ended in a second.</param>
public sealed record RampStep(int Workers, double TasksPerSecond);
