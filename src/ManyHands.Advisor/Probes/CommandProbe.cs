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
    /// <summary>The command for one task.</summary>
    /// <param name="task">Number of the task; beyond the last it begins again.</param>
    /// <returns>The command.</returns>
    public ExternalCommand Command(int task)
    {
        if (Inputs.Count == 0)
            return ExternalCommand.Create(Words[0], [.. Words.Skip(1)]);
        string input = Inputs[task % Inputs.Count];
        string[] words = Words.Any(word => word.Contains("{}", StringComparison.Ordinal))
            ? [.. Words.Select(word => word.Replace("{}", input, StringComparison.Ordinal))]
            : [.. Words, input];
        return ExternalCommand.Create(words[0], words[1..]);
    }

    /// <summary>Runs it, and throws where it did not end well.</summary>
    internal async Task RunOrThrowAsync(int task, ProbeLimits limits, CancellationToken cancellationToken)
    {
        CommandResult result = await (Command(task) with { OutputLimit = 4096, Timeout = limits.LongestRun }).RunAsync(cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            throw new InvalidOperationException(result.TimedOut ? $"It did not end within {limits.LongestRun.TotalSeconds:0.#} s." : Failure(result));
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
    /// <summary>Runs a command with some of its inputs, one after another.</summary>
    /// <param name="template">The command and its inputs.</param>
    /// <param name="limits">How often and how long.</param>
    /// <param name="cancellationToken">Stops it, and the command that runs.</param>
    /// <returns>What one task needs.</returns>
    /// <exception cref="CommandStartException">There is no such program, or it cannot be started.</exception>
    /// <exception cref="TimeoutException">The first run did not end within the limit.</exception>
    public static async Task<Measurement> MeasureAsync(CommandTemplate template, ProbeLimits limits, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(limits);
        long started = Stopwatch.GetTimestamp();
        var results = new List<CommandResult>();
        string? failure = null;
        for (int run = 0; !limits.IsEnough(results.Count, Stopwatch.GetElapsedTime(started)); run++)
        {
            ExternalCommand command = template.Command(run) with { OutputLimit = 4096, Timeout = limits.LongestRun };
            CommandResult result = await command.RunAsync(cancellationToken).ConfigureAwait(false);
            if (result.TimedOut)
            {
                throw new TimeoutException(
                    $"'{command}' did not end within {limits.LongestRun.TotalSeconds:0} s. Try it with an input that takes less, or allow more with --timeout.");
            }

            if (!result.Succeeded)
            {
                failure ??= $"'{command}': {CommandTemplate.Failure(result)}";
            }

            results.Add(result);
        }

        // The first run brings the program and its data into the page cache, and so it does not count where there are enough others.
        List<CommandResult> counted = results.Count > limits.LeastRuns ? results[1..] : results;
        return new Measurement
        {
            Work = string.Join(' ', template.Words),
            IsCommand = true,
            Wall = new Series([.. counted.Select(result => result.WallTime.TotalSeconds)]),
            Cpu = new Series([.. counted.Select(result => result.CpuTime.TotalSeconds)]),
            VoluntarySwitches = counted.Average(result => result.VoluntarySwitches),
            InvoluntarySwitches = counted.Average(result => result.InvoluntarySwitches),
            DiskBytes = counted.Average(result => result.DiskReadBytes + result.DiskWrittenBytes),
            PeakBytes = counted.Max(result => result.PeakMemory),
            Failure = failure,
            TakesNothing = template.Inputs.Count == 0,
        };
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
