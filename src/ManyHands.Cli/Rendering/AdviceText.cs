using System.Globalization;
using System.Text;
using ManyHands.Advisor;
using ManyHands.Cli.Commands;

namespace ManyHands.Cli.Rendering;

/// <summary>An advice as text.</summary>
internal static class AdviceText
{
    public static string Of(Advice advice, Verification? verification, AdviseCommandLine line)
    {
        var text = new StringBuilder();
        Measurement work = advice.Measurement;
        text.Append(CultureInfo.InvariantCulture, $"{Output.Plain(work.Work)}: {Character(advice.Character)}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"  measured   {work.Wall.Values.Count} runs, ±{100 * work.Wall.Spread / 2:0} %; ");
        text.Append(CultureInfo.InvariantCulture, $"context switches {work.VoluntarySwitches:0} to wait, {work.InvoluntarySwitches:0} forced; ");
        text.Append(CultureInfo.InvariantCulture, $"memory {(work.IsCommand ? "at most " : "")}{Mebibytes(work.PeakBytes)}, disk {Mebibytes(work.DiskBytes)}");
        if (!work.IsCommand)
        {
            text.Append(CultureInfo.InvariantCulture, $"; payload {work.PayloadBytes:0} bytes, {1e6 * work.PayloadSeconds:0.#} µs; ");
            text.Append(CultureInfo.InvariantCulture, $"allocates {Mebibytes(work.AllocatedBytes)}");
        }

        text.Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"  advice     {Way(advice.Kind, advice.Workers)}, about {advice.SpeedUp:0.0}× as fast as one after another\n");
        foreach (string reason in advice.Why)
            text.Append(CultureInfo.InvariantCulture, $"             {reason}\n");
        foreach (Finding finding in advice.Findings)
            text.Append(CultureInfo.InvariantCulture, $"  note       {Output.Plain(finding.Message)} [{finding.Rule}]\n");
        text.Append("\n  to paste:\n");
        foreach (string paste in Paste(advice, line))
            text.Append(CultureInfo.InvariantCulture, $"    {paste}\n");
        if (verification is not null)
            Append(text, verification);
        return text.ToString();
    }

    /// <summary>Lines of shell and C# that do what is advised.</summary>
    public static IReadOnlyList<string> Paste(Advice advice, AdviseCommandLine line)
    {
        string executor = advice.Kind == WorkerKind.Processes ? nameof(ProcessExecutor) : nameof(ThreadExecutor);
        string pool = $"await using var pool = new {executor}({advice.Workers});";
        return line.Command is { } template ? [.. OfCommand(template, advice.Workers, pool)] : [.. OfMethod(line.Method!.Name.Replace('+', '.'), advice, pool)];
    }

    private static IEnumerable<string> OfCommand(CommandTemplate template, int workers, string pool)
    {
        string words = string.Join(' ', template.Words.Select(Quote));
        bool hasInput = template.Inputs.Count > 0, hasPlace = template.Words.Any(word => word.Contains("{}", StringComparison.Ordinal));
        yield return hasInput
            ? hasPlace ? $"xargs -d '\\n' -P {workers} -I{{}} {words} < inputs.txt" : $"xargs -d '\\n' -P {workers} -n 1 {words} < inputs.txt"
            : $"seq 100 | xargs -P {workers} -I__ {words}";
        string arguments = string.Join(", ", template.Words.Select(word => hasInput ? Argument(word) : Literal(word))) + (hasInput && !hasPlace ? ", input" : "");
        yield return pool;
        yield return $"await foreach (var result in pool.MapAsync({(hasInput ? "inputs, input" : "Enumerable.Range(0, 100), _")} => ExternalCommand.Create({arguments}).RunAsync()))";
        yield return "    if (!result.Succeeded) Console.Error.WriteLine(result.Error);";
    }

    private static IEnumerable<string> OfMethod(string method, Advice advice, string pool)
    {
        Measurement work = advice.Measurement;
        string inputs = work.TakesNothing ? "Enumerable.Range(0, 100)" : "inputs", call = work.TakesNothing ? $"_ => {method}()" : method;
        if (advice.Kind == WorkerKind.Serial)
        {
            yield return $"foreach (var input in {inputs}) {(work.IsAsync ? "await " : "")}{method}({(work.TakesNothing ? "" : "input")});";
            yield break;
        }

        yield return pool;
        yield return work.ReturnsNothing
            ? $"await pool.ForEachAsync({inputs}, {call});"
            : $"await foreach (var result in pool.MapAsync({inputs}, {call})) Console.WriteLine(result);";
    }

    // A word of the command as an argument in C#, with the input where the braces are.
    private static string Argument(string word) => word switch
    {
        "{}" => "input",
        _ when word.Contains("{}", StringComparison.Ordinal) => string.Join(" + input + ", word.Split("{}").Select(Literal)),
        _ => Literal(word),
    };

    private static string Literal(string text) => $"\"{string.Concat(text.Select(c => c switch
    {
        '\\' => @"\\",
        '"' => "\\\"",
        '\n' => @"\n",
        '\r' => @"\r",
        '\t' => @"\t",
        _ when char.IsControl(c) => $"\\u{(int)c:x4}",
        _ => $"{c}",
    }))}\"";

    private static void Append(StringBuilder text, Verification verification)
    {
        text.Append("\n  tried:\n");
        foreach (VerifiedWay way in verification.Ways)
        {
            string mark = way == verification.Ways[0] ? "advised" : "";
            text.Append(CultureInfo.InvariantCulture, $"    {Way(way.Kind, way.Workers),-22} {way.TasksPerSecond,12:#,0.#} tasks/s  {mark}").Append('\n');
        }

        text.Append(verification.OffBy < 0.005
            ? "  The advised way was the fastest of these.\n"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"  {Way(verification.Best.Kind, verification.Best.Workers)} was the fastest; the advised way reached {100 * (1 - verification.OffBy):0} % of it.\n"));
    }

    private static string Way(WorkerKind kind, int workers) => kind switch
    {
        WorkerKind.Serial => "one after another",
        WorkerKind.Contexts => $"{workers} {(workers == 1 ? "context" : "contexts")}",
        WorkerKind.Processes => $"{workers} {(workers == 1 ? "process" : "processes")}",
        _ => $"{workers} {(workers == 1 ? "thread" : "threads")}",
    };

    private static string Character(WorkCharacter character) => character switch
    {
        WorkCharacter.TooSmall => "too small to bother",
        WorkCharacter.IoBound => "I/O-bound",
        WorkCharacter.CpuBound => "CPU-bound",
        WorkCharacter.MemoryBound => "memory-bound",
        _ => "mixed",
    };

    private static string Mebibytes(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1 << 20):0.#} MiB");

    private static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || "-_./:=@,+%{}".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
