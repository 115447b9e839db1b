using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ManyHands.Lab.Tests.Reports;

public sealed partial class PlotTests
{
    private static readonly XNamespace _svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Half_the_time_is_drawn_half_as_high()
    {
        XElement plot = Plot("sums-time.svg", Invented.Experiment(Invented.Way("serial", 1, 1), Invented.Way("threads", 2, 0.8), Invented.Way("threads", 4, 0.4)));
        double bottom = plot.Elements(_svg + "line").Where(line => Look(line) == "grid").Max(line => Number(line, "y1"));
        (double X, double Y)[] threads = [.. Points(plot, "dot1")];
        threads.Length.ShouldBe(2);
        (bottom - threads[1].Y).ShouldBe((bottom - threads[0].Y) / 2, 0.05);
        threads[1].X.ShouldBeGreaterThan(threads[0].X);
    }

    [Fact]
    public void A_speed_up_of_2_with_2_workers_lies_on_the_line_of_the_ideal()
    {
        XElement plot = Plot("sums-speed-up.svg", Invented.Experiment(Invented.Way("threads", 1, 1), Invented.Way("threads", 2, 0.5), Invented.Way("threads", 4, 0.25)));
        XElement ideal = plot.Elements(_svg + "line").Last(line => Look(line) == "ideal");
        (double X, double Y)[] threads = [.. Points(plot, "dot1")];
        threads[0].Y.ShouldBe(Number(ideal, "y1"), 0.05);
        threads[2].Y.ShouldBe(Number(ideal, "y2"), 0.05);
        threads[1].Y.ShouldBe((threads[0].Y + threads[2].Y) / 2, 0.05);
    }

    [Fact]
    public void Kinds_differ_in_marker_and_dash_and_not_in_colour_only()
    {
        WayResult[] ways = [.. Invented.Rich().Experiments[0].Ways.Where(way => way.Runtime == ".NET")];
        XElement plot = Plot("sums-time.svg", Invented.Experiment(ways));
        var samples = plot.Elements(_svg + "path").Where(path => path.Element(_svg + "title") is null).ToList();
        samples.Count.ShouldBe(6);
        samples.Select(path => Digits().Replace(path.Attribute("d")!.Value, "")
            + Digits().Match(Look(path)).Value).Distinct().Count().ShouldBe(6);
        plot.Elements(_svg + "polyline").Take(6).Select(line => line.Attribute("stroke-dasharray")?.Value ?? "").Distinct().Count().ShouldBeGreaterThanOrEqualTo(5);
    }

    [Fact]
    public void Outliers_are_hollow_and_one_far_off_does_not_make_the_rest_flat()
    {
        XElement plot = Plot("sums-time.svg", Invented.Experiment(
            Invented.Way("serial", 1, 1), Invented.Way("threads", 2, 0.5, 0.5, 0.51, 0.5, 50), Invented.Way("threads", 4, 0.3)));
        plot.Elements(_svg + "path").Count(path => Look(path).StartsWith("hollow", StringComparison.Ordinal)).ShouldBe(1);
        plot.Elements(_svg + "text").Select(text => text.Value).ShouldContain("0.2");
    }

    [Fact]
    public void The_number_of_cores_is_marked_where_the_axis_reaches_it()
    {
        ExperimentResult experiment = Invented.Experiment(Invented.Way("threads", 1, 1), Invented.Way("threads", 8, 0.3));
        Plot("sums-time.svg", experiment).Elements(_svg + "text").ShouldContain(text => text.Value == "4 cores");
        experiment = Invented.Experiment(Invented.Way("threads", 1, 1), Invented.Way("threads", 2, 0.3));
        Plot("sums-time.svg", experiment).Elements(_svg + "text").ShouldNotContain(text => text.Value == "4 cores");
    }

    [Fact]
    public void One_number_of_workers_gives_bars_and_a_wrong_result_is_said_to_be_wrong()
    {
        ExperimentResult experiment = Invented.Experiment(Invented.Way("one thread", 1, 1), Invented.Way("threads", 4, 2) with { Value = 3 });
        XElement plot = Plot("sums-time.svg", experiment);
        double one = Number(plot.Elements(_svg + "rect").Single(box => Look(box) == "fill0"), "width");
        double threads = Number(plot.Elements(_svg + "rect").Single(box => Look(box) == "wrong1"), "width");
        threads.ShouldBe(2 * one, 0.05);
        plot.Elements(_svg + "text").ShouldContain(text => text.Value == "✗ wrong, 2.00 s");
    }

    [Fact]
    public void Timelines_of_an_experiment_have_one_axis()
    {
        LabResult result = Invented.Rich();
        string[] names = ["sums-timeline-serial.svg", "sums-timeline-threads.svg", "sums-timeline-processes.svg"];
        double[] perTask = [.. names.Select(name => Number(Plot(name, result).Elements(_svg + "rect").First(box => Look(box) != "paper"), "width"))];
        perTask[1].ShouldBe(perTask[0], 0.05);
        perTask[2].ShouldBe(perTask[0] * 1.3, 0.05);
    }

    [Fact]
    public void An_experiment_without_any_way_has_no_plot() => ReportPlots.Of(Invented.Result(Invented.Experiment())).ShouldBeEmpty();

    [Theory]
    [InlineData(0)]
    [InlineData(1e-300)]
    [InlineData(1e300)]
    public void A_single_way_is_drawn_whatever_its_time(double seconds)
    {
        foreach (ReportPlot plot in ReportPlots.Of(Invented.Result(Invented.Experiment(Invented.Way("serial", 1, seconds)))))
            plot.Svg.ShouldNotContain("NaN");
        ExperimentResult lines = Invented.Experiment(Invented.Way("serial", 1, seconds), Invented.Way("threads", 2, 1), Invented.Way("threads", 4, seconds));
        ReportPlots.Of(Invented.Result(lines)).ShouldAllBe(plot => !plot.Svg.Contains("NaN") && !plot.Svg.Contains("Infinity") && !plot.Svg.Contains('∞'));
    }

    [Fact]
    public void Every_plot_stands_alone_with_its_style_its_words_and_a_name_of_its_own()
    {
        LabResult rich = Invented.Rich();
        IReadOnlyList<ReportPlot> plots = ReportPlots.Of(rich with { Experiments = [.. rich.Experiments, rich.Experiments[0]] });
        plots.Select(plot => plot.FileName).ShouldBeUnique();
        foreach (ReportPlot plot in plots)
        {
            plot.FileName.ShouldMatch("^[a-z0-9-]+\\.svg$");
            XElement svg = XDocument.Parse(plot.Svg).Root!;
            svg.Attribute("role")!.Value.ShouldBe("img");
            svg.Element(_svg + "title")!.Value.ShouldBe(plot.Title);
            svg.Element(_svg + "desc")!.Value.ShouldNotBeEmpty();
            svg.Element(_svg + "style")!.Value.ShouldContain("prefers-color-scheme");
        }
    }

    [Fact]
    public void Numbers_are_the_same_in_every_culture()
    {
        IReadOnlyList<ReportPlot> expected = ReportPlots.Of(Invented.Rich());
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            ReportPlots.Of(Invented.Rich()).ShouldBe(expected);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static XElement Plot(string name, ExperimentResult experiment) => Plot(name, Invented.Result(experiment));

    private static XElement Plot(string name, LabResult result) =>
        XDocument.Parse(ReportPlots.Of(result).Single(plot => plot.FileName == name).Svg).Root!;

    // Middles of the markers of measured values, which say what they are; those of the legend do not.
    private static IEnumerable<(double X, double Y)> Points(XElement plot, string look) => plot.Elements(_svg + "path")
        .Where(path => Look(path) == look && path.Element(_svg + "title") is not null)
        .Select(path => Digits().Matches(path.Attribute("d")!.Value).Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture)).ToArray())
        .Select(numbers => (numbers.Where((_, i) => i % 2 == 0).Average(), numbers.Where((_, i) => i % 2 == 1).Average()));

    private static string Look(XElement element) => element.Attribute("class")!.Value;

    private static double Number(XElement element, string attribute) => double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"-?\d+(\.\d+)?")]
    private static partial Regex Digits();
}
