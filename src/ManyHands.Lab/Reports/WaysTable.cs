using System.Globalization;
using ManyHands.Advisor;
using static ManyHands.Lab.Reports.Markup;
using static ManyHands.Lab.Reports.Quantity;

namespace ManyHands.Lab.Reports;

/// <summary>All figures of one experiment: a row for each way.</summary>
internal static class WaysTable
{
    private const string None = "–";

    private static readonly string[] _columns =
    [
        "Way", "Workers", "Time", "Speed-up", "Efficiency", "Quartiles", "CPU time", "Cores busy", "Switches: waited", "Switches: gave way", "Peak memory",
    ];

    public static void AppendTo(TextWriter html, ExperimentResult experiment)
    {
        html.Write("<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"All figures\"><table>\n<thead><tr>");
        foreach (string column in _columns)
            html.Write($"<th scope=\"col\">{column}</th>");
        html.Write("</tr></thead>\n<tbody>\n");
        string runtime = experiment.Ways[0].Runtime;
        foreach (WayResult way in experiment.Ways)
        {
            html.Write($"<tr class=\"{(way.Runtime == runtime ? "" : "first ")}{(way.IsRight ? "" : "wrong")}\">");
            AppendCells(html, experiment, way);
            html.Write("</tr>\n");
            runtime = way.Runtime;
        }

        html.Write("</tbody>\n</table></div>\n");
        if (experiment.Ways.Any(IsNoisy))
            html.Write($"<p class=\"small\">± Varied by more than {Percent(LabNotes.NoisySpread)} between rounds: too noisy to say more than the order of size.</p>\n");
        if (experiment.Ways.Any(way => way.Seconds.Outliers.Count > 0))
            html.Write("<p class=\"small\">○ Rounds far off the others.</p>\n");
    }

    private static void AppendCells(TextWriter html, ExperimentResult experiment, WayResult way)
    {
        double wall = way.Seconds.Median, speedUp = experiment.SpeedUp(way);
        string wrong = way.IsRight ? "" : $"<span class=\"mark\">✗ wrong result: {Exact(way.Value)} instead of {Exact(way.Expected)}</span>";
        string doubtful = experiment.IsDoubtful(way) ? "<span class=\"mark\">? doubtful: faster than its workers can be</span>" : "";
        string luck = way is { IsRight: true, IsUnguarded: true } ? "<span class=\"mark\">? right by luck only</span>" : "";
        string disturbed = way.UndisturbedRounds == 0 ? "<span class=\"mark\">? others kept cores busy</span>" : "";
        html.Write($"<th scope=\"row\">{Encode(way.Label)}{wrong}{doubtful}{luck}{disturbed}</th>");
        Cell(Count(way.Workers));
        Cell($"{(IsNoisy(way) ? "± " : "")}{Time(wall)}", "main");
        Cell(experiment.IsAboutMemory || !double.IsFinite(speedUp) ? None : Ratio(speedUp), "main");
        Cell(experiment.IsAboutMemory || !double.IsFinite(speedUp) ? None : Percent(speedUp / Math.Max(1, way.Workers)));
        Cell(way.Seconds.Values.Count switch { 1 => "one round", < LabResult.LeastRounds and var rounds => $"{rounds} rounds", _ => Quartiles(way.Seconds) });
        Cell(way.CpuSeconds is { } cpu ? Time(cpu) : None);
        Cell(way.CpuSeconds is { } busy && wall > 0 ? Number(Math.Round(busy / wall, 2)) : None);
        Cell(way.CpuSeconds is null ? None : Count(way.VoluntarySwitches));
        Cell(way.CpuSeconds is null ? None : Count(way.InvoluntarySwitches));
        Cell(way.PeakBytes > 0 ? Bytes(way.PeakBytes) : None, experiment.IsAboutMemory ? "main" : null);

        void Cell(string text, string? look = null) => html.Write(look is null ? $"<td>{Encode(text)}</td>" : $"<td class=\"{look}\">{Encode(text)}</td>");
    }

    private static bool IsNoisy(WayResult way) => way.Seconds.Values.Count >= LabResult.LeastRounds && way.Seconds.Spread > LabNotes.NoisySpread;

    // One unit for both, and a dot for each outlier, as in the plots.
    private static string Quartiles(Series seconds)
    {
        Unit unit = Unit.OfTime(seconds.High);
        return $"{new string('○', Math.Min(3, seconds.Outliers.Count))} {Number(seconds.Low * unit.Factor)} – {Number(seconds.High * unit.Factor)} {unit.Name}".TrimStart();
    }

    private static string Exact(double value) =>
        Encode(value.ToString(Math.Abs(value) < 1e12 ? "#,0.######" : "0.######E+0", CultureInfo.InvariantCulture));
}
