using System.Diagnostics;

namespace ManyHands.Advisor;

/// <summary>
/// A command for each of several inputs. In its words <c>{}</c> stands for the input; where no word has it, the input comes last. No shell is involved: an
/// input is always a part of one word, whatever is in it.
/// </summary>
/// <param name="Words">The program and its arguments.</param>
/// <param name="Inputs">The inputs; where there are none, the command is run as it is.</param>
public sealed record CommandTemplate(IReadOnlyList<string> Words, IReadOnlyList<string> Inputs)
{
    /// <summary>File that each run reads as its standard input. Default: none, the input is empty.</summary>
    public string? InputFile { get; init; }

    /// <summary>Whether a run that ends with an exit code other than 0 did its work all the same, as of grep and diff. Default: no.</summary>
    public bool IgnoresExitCode { get; init; }

    /// <summary>The command for one task.</summary>
    /// <param name="task">Number of the task; beyond the last it begins again.</param>
    /// <returns>The command.</returns>
    public ExternalCommand Command(int task)
    {
        if (Inputs.Count == 0)
            return ExternalCommand.Create(Words[0], [.. Words.Skip(1)]) with { InputFile = InputFile };
        string input = Inputs[task % Inputs.Count];
        string[] words = Words.Any(word => word.Contains("{}", StringComparison.Ordinal))
            ? [.. Words.Select(word => word.Replace("{}", input, StringComparison.Ordinal))]
            : [.. Words, input];
        return ExternalCommand.Create(words[0], words[1..]) with { InputFile = InputFile };
    }

    /// <summary>Whether it did its work.</summary>
    internal bool Succeeded(CommandResult result) => result.Succeeded || (IgnoresExitCode && result is { ExitCode: not null, TimedOut: false });

    /// <summary>Runs it, and throws where it did not end well.</summary>
    internal async Task RunOrThrowAsync(int task, ProbeLimits limits, CancellationToken cancellationToken)
    {
        CommandResult result = await (Command(task) with { OutputLimit = 4096, Timeout = limits.LongestRun }).RunAsync(cancellationToken).ConfigureAwait(false);
        if (!Succeeded(result))
            throw new InvalidOperationException(result.TimedOut ? $"it did not end within {Quantity.Time(limits.LongestRun.TotalSeconds)}." : Failure(result));
    }

    /// <summary>How it failed, in a sentence.</summary>
    internal static string Failure(CommandResult result)
    {
        string last = result.Error.Trim().Split('\n')[^1];
        return $"{(result.Signal is { } signal ? $"ended by signal {signal}" : $"exit code {result.ExitCode}")}{(last.Length > 0 ? $": {last}" : ".")}";
    }
}

/// <summary>Measures commands by running them.</summary>
public static class CommandProbe
{
    // The system counts memory by pages for each core, and adds up now and then.
    private const long Slack = 2 << 20;

    /// <summary>Runs a command with some of its inputs, one after another.</summary>
    /// <param name="template">The command and its inputs.</param>
    /// <param name="limits">How often and how long.</param>
    /// <param name="cancellationToken">Stops it, and the command that runs.</param>
    /// <returns>What one task needs.</returns>
    /// <exception cref="CommandStartException">There is no such program, or it cannot be started.</exception>
    /// <exception cref="TimeoutException">A run did not end within the limit.</exception>
    /// <exception cref="WorkFailedException">A run failed.</exception>
    public static async Task<Measurement> MeasureAsync(CommandTemplate template, ProbeLimits limits, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(limits);
        long started = Stopwatch.GetTimestamp();
        var results = new List<CommandResult>();
        string? onlyOnce = null;
        long seen = 0;
        while (!limits.IsEnough(results.Count, Stopwatch.GetElapsedTime(started)))
        {
            ExternalCommand command = template.Command(results.Count) with { OutputLimit = 4096, Timeout = limits.LongestRun };
            CommandResult result;
            using (var watch = new CommandWatch())
            {
                // Looking costs a little time, so it is done in the first runs only.
                bool looks = results.Count < limits.LeastRuns;
                result = await (looks ? command with { OnStarted = watch.Begin } : command).RunAsync(cancellationToken).ConfigureAwait(false);
                seen = Math.Max(seen, watch.PeakBytes);
            }

            if (result.TimedOut)
            {
                throw new TimeoutException(
                    $"'{command}' did not end within {Quantity.Time(limits.LongestRun.TotalSeconds)}. Try it with an input that takes less, or allow more with --timeout.");
            }

            if (!template.Succeeded(result))
            {
                string advice = result.ExitCode is null ? "" : " If that exit code is no failure, say --ignore-failure.";
                onlyOnce = SampleFailure.OnlyOnce($"'{command}'", CommandTemplate.Failure(result), results.Count, Math.Max(1, template.Inputs.Count), limits, advice);
                break;
            }

            results.Add(result);
        }

        // The first run brings the program and its data into the page cache, and so it does not count where there are enough others.
        List<CommandResult> counted = results.Count > limits.LeastRuns ? results[1..] : results;
        (long peak, bool isBound) = Peak(results, seen);
        return new Measurement
        {
            Work = string.Join(' ', template.Words),
            IsCommand = true,
            Wall = new Series([.. counted.Select(result => result.WallTime.TotalSeconds)]),
            Cpu = new Series([.. counted.Select(result => result.CpuTime.TotalSeconds)]),
            Ready = new Series([.. counted.Select(result => result.ReadyTime.TotalSeconds)]),
            VoluntarySwitches = counted.Average(result => result.VoluntarySwitches),
            InvoluntarySwitches = counted.Average(result => result.InvoluntarySwitches),
            DiskBytes = counted.Average(result => result.DiskReadBytes + result.DiskWrittenBytes),
            PeakBytes = peak,
            PeakIsBound = isBound,
            OnlyOnce = onlyOnce,
            TakesNothing = template.Inputs.Count == 0,
        };
    }

    // What is above our own memory cannot be what the program had from us. Below that, what was seen of it counts.
    private static (long Bytes, bool IsBound) Peak(List<CommandResult> results, long seen)
    {
        long told = results.Max(result => result.PeakMemory), ours = (SystemFiles.Figure("/proc/self/status", "VmHWM:") ?? 0) << 10;
        return told > ours + Slack ? (Math.Max(told, seen), false) : seen > 0 ? (seen, false) : (told, true);
    }
}

/// <summary>How often something is run to measure it.</summary>
public sealed record ProbeLimits
{
    /// <summary>Runs there have to be, however long they take. Default: 3.</summary>
    public int LeastRuns { get; init; } = 3;

    /// <summary>Runs after which it is enough. Default: 20.</summary>
    public int MostRuns { get; init; } = 20;

    /// <summary>Time after which it is enough, once there are <see cref="LeastRuns"/>. Default: 3 s.</summary>
    public TimeSpan LongEnough { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Time after which two runs have to do, and after one more a single one. Default: 10 s.</summary>
    public TimeSpan TooLong { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The most that one run may take. Default: 60 s.</summary>
    public TimeSpan LongestRun { get; init; } = TimeSpan.FromSeconds(60);

    internal bool IsEnough(int runs, TimeSpan elapsed) => runs >= MostRuns || (runs >= LeastRuns && elapsed >= LongEnough) || (runs > 0 && elapsed >= TooLong);
}
