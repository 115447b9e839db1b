using System.Diagnostics;

namespace ManyHands.Advisor;

/// <summary>Measures methods by running them in a worker process of their own, so that one that crashes or hangs harms nobody.</summary>
public static class MethodProbe
{
    /// <summary>Runs a method with some of its inputs, one after another.</summary>
    /// <param name="method">The method.</param>
    /// <param name="inputs">Its inputs; none for a method that takes none.</param>
    /// <param name="limits">How often and how long.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What one task needs.</returns>
    /// <exception cref="MethodProbeException">The method or an input cannot be used; the message says why.</exception>
    /// <exception cref="TimeoutException">A run did not end within the limit.</exception>
    /// <exception cref="WorkFailedException">A run threw an exception, or every one ended its process.</exception>
    public static async Task<Measurement> MeasureAsync(
        MethodAddress method, IReadOnlyList<string> inputs, ProbeLimits limits, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(limits);
        MethodCall[] calls = inputs.Count == 0 ? [new MethodCall(method, "")] : [.. inputs.Select(input => new MethodCall(method, input))];
        var pool = new ProcessExecutor(new ProcessExecutorOptions
        {
            Workers = 1,
            Output = WorkerOutput.Discard,
            KillAfter = TimeSpan.Zero,

            // Compiled for speed at the first call, as all code is after a while: that is the code that will run a thousand times.
            Environment = new Dictionary<string, string?> { ["DOTNET_TieredCompilation"] = "0" },
        });
        await using var closing = pool.ConfigureAwait(false);
        MethodFacts facts = await pool.RunAsync(MethodRun.Look, calls[0], cancellationToken).ConfigureAwait(false);

        var samples = new List<MethodSample>();
        string? crash = null, onlyOnce = null;
        int crashes = 0, runs = 0;
        bool isWarm = false;
        var options = new SubmitOptions { Timeout = limits.LongestRun, Name = method.Name };
        long started = Stopwatch.GetTimestamp();
        for (int run = 0; !limits.IsEnough(samples.Count, Stopwatch.GetElapsedTime(started)) && run < 2 * limits.MostRuns; run++)
        {
            runs++;
            try
            {
                MethodSample sample = await pool.RunAsync(MethodRun.Measure, calls[run % calls.Length], options, cancellationToken).ConfigureAwait(false);
                if (sample.Failure is { } failure)
                {
                    string what = inputs.Count == 0 ? $"'{method.Name}'" : $"'{method.Name}' with input '{calls[run % calls.Length].Input}'";
                    onlyOnce = SampleFailure.OnlyOnce(what, failure, run, calls.Length, limits, "");
                    break;
                }

                // The first run in a process compiles; where it was long, that is no matter.
                if (isWarm || sample.Wall > limits.TooLong.TotalSeconds / limits.LeastRuns)
                    samples.Add(sample);
                isWarm = true;
            }
            catch (WorkerLostException lost)
            {
                crash ??= lost.Message.Split('\n')[0];
                crashes++;
                isWarm = false;
            }
            catch (TaskTimeoutException late)
            {
                throw new TimeoutException(
                    $"'{method.Name}' did not end within {Quantity.Time(limits.LongestRun.TotalSeconds)}. Try it with an input that takes less, or allow more with --timeout.", late);
            }
        }

        if (samples.Count == 0)
            throw new WorkFailedException($"'{method.Name}' ended its process each time, so there is nothing to measure: {crash}");

        return new Measurement
        {
            Work = method.Name,
            IsCommand = false,
            Wall = new Series([.. samples.Select(sample => sample.Wall)]),
            Cpu = new Series([.. samples.Select(sample => sample.Cpu)]),
            Ready = new Series([.. samples.Select(sample => sample.Ready)]),
            VoluntarySwitches = samples.Average(sample => sample.Voluntary),
            InvoluntarySwitches = samples.Average(sample => sample.Involuntary),
            PeakBytes = samples.Max(sample => sample.PeakBytes),
            DiskBytes = samples.Average(sample => sample.DiskBytes),
            PayloadBytes = samples.Average(sample => sample.PayloadBytes),
            PayloadSeconds = new Series([.. samples.Select(sample => sample.PayloadSeconds)]).Median,
            AllocatedBytes = samples.Average(sample => sample.AllocatedBytes),
            CollectorSeconds = samples.Average(sample => sample.CollectorSeconds),
            IsAsync = facts.IsAsync,
            Crash = crash,
            CrashRate = (double)crashes / runs,
            OnlyOnce = onlyOnce,
            MutableStatics = facts.MutableStatics,
            TakesNothing = facts.TakesNothing,
            ReturnsNothing = facts.ReturnsNothing,
        };
    }
}
