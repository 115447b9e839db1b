using ManyHands.Lab.Reports;
using ManyHands.Lab.Reports.Plots;

namespace ManyHands.Lab;

/// <summary>The plots of a report, each by itself.</summary>
public static class ReportPlots
{
    /// <summary>Draws all plots of all experiments. The same as in <see cref="HtmlReport"/>, with their style and source in each.</summary>
    /// <param name="result">What was measured.</param>
    /// <returns>SVG files, in the order of the report; their names are unique.</returns>
    public static IReadOnlyList<ReportPlot> Of(LabResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return [.. Drawings(result).SelectMany(plots => plots).Select(plot => new ReportPlot($"{plot.Name}.svg", plot.Title, plot.ToSvg(standsAlone: true)))];
    }

    /// <summary>The plots of each experiment, in its order.</summary>
    internal static IReadOnlyList<IReadOnlyList<Drawing>> Drawings(LabResult result)
    {
        var names = new HashSet<string>();
        return [.. result.Experiments.Select(experiment => ExperimentPlots.Of(experiment, result.Machine.Cores, Unique(experiment.Name, names)))];
    }

    private static string Unique(string experiment, HashSet<string> names)
    {
        string name = Markup.Slug(experiment);
        while (!names.Add(name))
            name += "-again";
        return name;
    }
}

/// <summary>One plot.</summary>
/// <param name="FileName">A name for its file: small letters, digits and hyphens, ending in <c>.svg</c>.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Svg">The picture.</param>
public sealed record ReportPlot(string FileName, string Title, string Svg);
