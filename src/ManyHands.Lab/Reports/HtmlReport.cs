using System.Globalization;
using ManyHands.Lab.Reports;
using ManyHands.Lab.Reports.Plots;
using static ManyHands.Lab.Reports.Markup;

namespace ManyHands.Lab;

/// <summary>The report of the lab as one HTML file that needs nothing else: style, plots and the little script are in it.</summary>
/// <remarks>Complete without its script, which only adds the buttons that save plots. Nothing in it can load anything: its own policy forbids it.</remarks>
public static class HtmlReport
{
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src blob: data:";

    /// <summary>Writes the report.</summary>
    /// <param name="result">What was measured.</param>
    /// <param name="verdict">What it means, a sentence each.</param>
    /// <param name="remarks">More to say on an experiment, a sentence each, such as what was fitted to its figures. Default: nothing.</param>
    /// <returns>The file, to be saved as UTF-8.</returns>
    public static string Write(LabResult result, IReadOnlyList<string> verdict, Func<ExperimentResult, IReadOnlyList<string>>? remarks = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(verdict);
        var html = new StringWriter(CultureInfo.InvariantCulture);
        html.Write($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="{Policy}">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>ManyHands lab: which kind of worker</title>
            <style>{Resource("report.css")}</style>
            <style id="plot-style">{PlotStyle.Light}</style>
            <style id="plot-style-dark">{PlotStyle.Dark}</style>
            </head>
            <body>
            <main>

            """);
        AppendTop(html, result, verdict);
        IReadOnlyList<ExperimentSection> sections = Sections(result, remarks);
        AppendContents(html, sections);
        foreach (ExperimentSection section in sections)
            section.AppendTo(html);
        Method.AppendTo(html, result);
        html.Write($"""
            </main>
            <script>{Resource("report.js")}</script>
            </body>
            </html>

            """);
        return html.ToString();
    }

    private static void AppendTop(TextWriter html, LabResult result, IReadOnlyList<string> verdict)
    {
        Machine machine = result.Machine;
        html.Write("<header>\n<p class=\"brand\">ManyHands lab</p>\n<h1>Which kind of worker does the work need?</h1>\n<dl class=\"facts\">");
        Fact("Machine", $"{Quantity.Count(machine.Cores)} {(machine.Cores == 1 ? "core" : "cores")}, {Quantity.Bytes(machine.MemoryBytes)}");
        Fact("System", machine.System);
        Fact("Runtime", machine.IsOptimized ? machine.Runtime : $"{machine.Runtime}, debug build");
        if (machine.BusyBefore is { } load)
            Fact("Busy before", $"{load.ToString("0.0", CultureInfo.InvariantCulture)} cores");
        Fact("Date", result.Date.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture));
        Fact("Took", $"{Quantity.Time(result.Took.TotalSeconds)}, {Quantity.Count(result.Rounds)} complete {(result.Rounds == 1 ? "round" : "rounds")}");
        html.Write("</dl>\n</header>\n");
        if (result.Notes.Count > 0)
            AppendSentences(html, "notes", "Caveats", result.Notes);
        if (verdict.Count > 0)
            AppendSentences(html, "verdict", "The verdict", verdict);

        void Fact(string name, string value) => html.Write($"<div><dt>{name}</dt><dd>{Encode(value)}</dd></div>");
    }

    private static void AppendSentences(TextWriter html, string look, string title, IReadOnlyList<string> sentences)
    {
        html.Write($"<section class=\"{look}\">\n<h2>{title}</h2>\n");
        foreach (string sentence in sentences)
            html.Write($"<p>{Encode(sentence)}</p>\n");
        html.Write("</section>\n");
    }

    private static List<ExperimentSection> Sections(LabResult result, Func<ExperimentResult, IReadOnlyList<string>>? remarks) =>
        [.. result.Experiments.Zip(
            ReportPlots.Drawings(result),
            (experiment, plots) => new ExperimentSection(experiment, plots, remarks?.Invoke(experiment) ?? []))];

    private static void AppendContents(TextWriter html, IReadOnlyList<ExperimentSection> sections)
    {
        if (sections.Count < 2)
            return;
        html.Write("<nav aria-label=\"Experiments\"><h2>The experiments</h2><ul>");
        for (int i = 0; i < sections.Count; i++)
        {
            sections[i].Id = $"experiment-{Quantity.Count(i + 1)}";
            html.Write($"<li><a href=\"#{sections[i].Id}\">{Encode(sections[i].Title)}</a></li>");
        }

        html.Write("</ul></nav>\n");
    }

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(HtmlReport).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
