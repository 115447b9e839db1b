using ManyHands.Lab.Reports.Plots;
using static ManyHands.Lab.Reports.Markup;

namespace ManyHands.Lab.Reports;

/// <summary>What the report says on one experiment.</summary>
internal sealed class ExperimentSection(ExperimentResult experiment, IReadOnlyList<Drawing> plots, IReadOnlyList<string> remarks)
{
    public string Title => experiment.Title;

    /// <summary>What links to it name.</summary>
    public string Id { get; set; } = "experiment-1";

    public void AppendTo(TextWriter html)
    {
        html.Write($"<section class=\"experiment\" id=\"{Id}\">\n<p class=\"group\">{Group()}</p>\n<h2>{Encode(experiment.Title)}</h2>\n");
        html.Write($"<p class=\"shows\">{Encode(experiment.Shows)}</p>\n<p class=\"classic\">Classic: {Encode(experiment.Classic)}</p>\n");
        if (plots.Count > 0)
        {
            html.Write("<div class=\"plots\">\n");
            foreach (Drawing plot in plots)
                html.Write($"<figure data-name=\"{plot.Name}\">{plot.ToSvg(standsAlone: false)}</figure>\n");
            html.Write("</div>\n");
        }

        if (experiment.Ways.Count > 0)
            WaysTable.AppendTo(html, experiment);
        else
            html.Write("<p>Nothing was measured.</p>\n");
        AppendList(html, "remarks", null, remarks);
        AppendList(html, "left-out", "Left out", experiment.LeftOut);
        html.Write("</section>\n");
    }

    private static void AppendList(TextWriter html, string look, string? title, IReadOnlyList<string> sentences)
    {
        if (sentences.Count == 0)
            return;
        html.Write($"<div class=\"{look}\">{(title is null ? "" : $"<h3>{title}</h3>")}<ul>");
        foreach (string sentence in sentences)
            html.Write($"<li>{Encode(sentence)}</li>");
        html.Write("</ul></div>\n");
    }

    private string Group() => experiment.Group switch
    {
        WorkGroup.Computing => "Work that computes",
        WorkGroup.Waiting => "Work that waits",
        WorkGroup.Mixed => "Mixed work",
        _ => "Sharing data",
    };
}
