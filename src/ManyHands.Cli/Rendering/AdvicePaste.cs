using System.Globalization;
using ManyHands.Advisor;
using ManyHands.Cli.Commands;

namespace ManyHands.Cli.Rendering;

/// <summary>Lines of shell and C# that do what is advised, as it was measured: with the same standard input, and the time limit that was given.</summary>
internal static class AdvicePaste
{
    public static IReadOnlyList<string> Of(Advice advice, AdviseCommandLine line)
    {
        string executor = advice.Kind == WorkerKind.Processes ? nameof(ProcessExecutor) : nameof(ThreadExecutor);
        string pool = $"await using var pool = new {executor}({advice.Workers});";
        return line.Command is { } template
            ? [Shell(template, advice.Workers, line), pool, .. OfCommand(template, line)]
            : [.. OfMethod(line.Method!.Name.Replace('+', '.'), advice, line.Timeout, pool)];
    }

    private static string Shell(CommandTemplate template, int workers, AdviseCommandLine line)
    {
        List<string> words = [.. template.Words];
        if (line.Timeout is { } timeout)
            words.InsertRange(0, ["timeout", $"{Seconds(timeout)}s"]);
        if (line.InputName is { } input)
            words.InsertRange(0, ["sh", "-c", $"exec \"$@\" < {Quote(input)}", "sh"]);
        string command = string.Join(' ', words.Select(Quote));
        if (template.Inputs.Count > 0)
            return $"xargs -d '\\n' -P {workers} {(HasPlace(template) ? "-I{}" : "-n 1")} {command} < inputs.txt";

        // Only the count of the lines matters; what stands for a line must not occur in the command, where it would be replaced.
        string place = Enumerable.Range(0, int.MaxValue).Select(i => i == 0 ? "{}" : $"@{i}@").First(place => !words.Exists(word => word.Contains(place, StringComparison.Ordinal)));
        return $"seq 100 | xargs -P {workers} -I{place} {command}";
    }

    private static IEnumerable<string> OfCommand(CommandTemplate template, AdviseCommandLine line)
    {
        bool hasInput = template.Inputs.Count > 0;
        string arguments = string.Join(", ", template.Words.Select(word => hasInput ? Argument(word) : Literal(word)))
            + (hasInput && !HasPlace(template) ? ", input" : "");
        string command = $"ExternalCommand.Create({arguments})";
        List<string> settings = [];
        if (line.Timeout is { } timeout)
            settings.Add($"Timeout = TimeSpan.FromSeconds({Seconds(timeout)})");
        if (line.InputName is { } input)
            settings.Add($"InputFile = {Literal(input)}");
        if (settings.Count > 0)
            command = $"({command} with {{ {string.Join(", ", settings)} }})";
        yield return $"await foreach (var result in pool.MapAsync({(hasInput ? "inputs, input" : "Enumerable.Range(0, 100), _")} => {command}.RunAsync()))";
        yield return $"    if ({(template.IgnoresExitCode ? "result.TimedOut || result.Signal is not null" : "!result.Succeeded")}) Console.Error.WriteLine(result.Error);";
    }

    private static IEnumerable<string> OfMethod(string method, Advice advice, TimeSpan? timeout, string pool)
    {
        Measurement work = advice.Measurement;
        string inputs = work.TakesNothing ? "Enumerable.Range(0, 100)" : "inputs", call = work.TakesNothing ? $"_ => {method}()" : method;
        if (advice.Kind == WorkerKind.Serial)
        {
            yield return $"foreach (var input in {inputs}) {(work.IsAsync ? "await " : "")}{method}({(work.TakesNothing ? "" : "input")});";
            yield break;
        }

        if (timeout is { } limit)
            call += $", new MapOptions {{ Timeout = TimeSpan.FromSeconds({Seconds(limit)}) }}";
        yield return pool;
        yield return work.ReturnsNothing
            ? $"await pool.ForEachAsync({inputs}, {call});"
            : $"await foreach (var result in pool.MapAsync({inputs}, {call})) Console.WriteLine(result);";
    }

    private static bool HasPlace(CommandTemplate template) => template.Words.Any(word => word.Contains("{}", StringComparison.Ordinal));

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);

    // A word of the command as an argument in C#, with the input where the braces are.
    private static string Argument(string word) => word switch
    {
        "{}" => "input",
        _ when word.Contains("{}", StringComparison.Ordinal) => Interpolated(word),
        _ => Literal(word),
    };

    private static string Interpolated(string word)
    {
        string[] parts = [.. word.Split("{}").SelectMany((part, index) => index == 0 ? new[] { Literal(part) } : ["input", Literal(part)])];
        return string.Join(" + ", parts.Where(part => part != "\"\""));
    }

    private static string Literal(string text) => $"\"{string.Concat(text.Select(c => c switch
    {
        '\\' => @"\\",
        '"' => "\\\"",
        '\n' => @"\n",
        '\r' => @"\r",
        '\t' => @"\t",
        _ => Output.Escaped($"{c}"),
    }))}\"";

    // Braces with anything in them would be expanded by some shells. Control characters would move the cursor, and be lost with what is pasted.
    private static string Quote(string word)
    {
        if (word.Any(Output.IsUnruly))
        {
            return $"$'{string.Concat(word.Select(c => c switch
            {
                '\\' => @"\\",
                '\'' => @"\'",
                _ => Output.Escaped($"{c}"),
            }))}'";
        }

        return word.Length > 0 && word.Replace("{}", "", StringComparison.Ordinal).All(c => char.IsLetterOrDigit(c) || "-_./:=@,+%".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
    }
}
