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
        text.Append(CultureInfo.InvariantCulture, $"memory {(work.PeakIsBound ? "below " : "")}{Mebibytes(work.PeakBytes)}, disk {Mebibytes(work.DiskBytes)}");
        if (!work.IsCommand)
        {
            text.Append(CultureInfo.InvariantCulture, $"; payload {work.PayloadBytes:0} bytes, {1e6 * work.PayloadSeconds:0.#} µs; ");
            text.Append(CultureInfo.InvariantCulture, $"allocates {Mebibytes(work.AllocatedBytes)}");
        }

        if (work.Ready is { Median: >= 0.001 } ready)
            text.Append(CultureInfo.InvariantCulture, $"; waited {1e3 * ready.Median:0} ms for a core");
        text.Append('\n');
        if (line.InputName is { } input)
            text.Append(CultureInfo.InvariantCulture, $"  input      {Output.Plain(input)}, from its beginning in each run\n");
        else if (line is { Command: not null, Inputs: [] })
            text.Append("  input      none: each run read an empty standard input; --input FILE gives it one\n");
        string speedUp = string.Create(CultureInfo.InvariantCulture, $"{(advice.SpeedUp < 9.95 ? $"{advice.SpeedUp:0.0}" : $"{advice.SpeedUp:0}")}×");
        text.Append(CultureInfo.InvariantCulture, $"  advice     {Way(advice.Kind, advice.Workers)}, ")
            .Append(verification is null ? $"about {speedUp} as fast as one after another\n" : $"{speedUp} as fast as one after another when it was tried\n");
        foreach (string reason in advice.Why)
            text.Append(CultureInfo.InvariantCulture, $"             {reason}\n");
        foreach (Finding finding in advice.Findings)
            text.Append(CultureInfo.InvariantCulture, $"  note       {Output.Plain(finding.Message)} [{finding.Rule}]\n");
        text.Append("\n  to paste:\n");
        foreach (string paste in AdvicePaste.Of(advice, line))
            text.Append(CultureInfo.InvariantCulture, $"    {paste}\n");
        if (verification is not null)
            Append(text, verification);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Verification verification)
    {
        text.Append("\n  tried:\n");
        foreach (VerifiedWay way in verification.Ways)
        {
            string mark = way.Failed > 0
                ? string.Create(CultureInfo.InvariantCulture, $"failed: {way.Failed:#,0} of {way.Tasks:#,0}, {Output.Plain(way.Failure ?? "")}")
                : way == verification.Ways[0] ? "advised" : "";
            text.Append(string.Create(CultureInfo.InvariantCulture, $"    {Way(way.Kind, way.Workers),-22} {way.TasksPerSecond,12:#,0.#} tasks/s  {mark}").TrimEnd()).Append('\n');
        }

        if (verification is { Best: { } best, OffBy: { } offBy })
        {
            text.Append(offBy < 0.005
                ? "  The advised way was the fastest of these.\n"
                : string.Create(
                    CultureInfo.InvariantCulture, $"  {Way(best.Kind, best.Workers)} was the fastest; the advised way reached {100 * (1 - offBy):0} % of it.\n"));
        }
        else if (verification.Best is { } well)
        {
            text.Append(CultureInfo.InvariantCulture, $"  Tasks failed with what one task at a time suggested, so this is the fastest way in which none did: {Way(well.Kind, well.Workers)}.\n");
        }
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
}
