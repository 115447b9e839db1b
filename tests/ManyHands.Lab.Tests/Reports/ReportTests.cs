namespace ManyHands.Lab.Tests.Reports;

public sealed class ReportTests
{
    private const string Markup = "<script>alert(1)</script>";

    [Fact]
    public void Whatever_text_it_is_given_is_text()
    {
        WayResult way = Invented.Way(Markup, 2, 1);
        ExperimentResult experiment = Invented.Experiment(way, way with { Workers = 4 }) with
        {
            Name = Markup,
            Title = Markup,
            Shows = Markup,
            Classic = Markup,
            LeftOut = [Markup],
        };
        LabResult result = Invented.Result(experiment) with { Notes = [Markup], Runtimes = [Markup], Machine = new Machine(1, 1, Markup, Markup, true, null) };
        string html = HtmlReport.Write(result, [Markup], _ => [Markup]);
        html.ShouldNotContain("<script>alert");
        html.ShouldContain("&lt;script&gt;alert(1)&lt;/script&gt;");
        ReportPlots.Of(result).ShouldAllBe(plot => !plot.Svg.Contains("<script"));
    }

    [Fact]
    public void The_caveats_come_before_the_verdict_and_that_before_the_experiments()
    {
        LabResult result = Invented.Result(Invented.Experiment(Invented.Way("serial", 1, 1))) with { Notes = ["A note."] };
        string html = HtmlReport.Write(result, ["Use threads."], _ => ["A remark."]);
        string[] order = ["2026-01-02", "A note.", "Use threads.", "What sums show.", "A book on sums", "<svg", "<table", "A remark.", "How this was measured", "CPython: not found"];
        int[] places = [.. order.Select(text => html.IndexOf(text, StringComparison.Ordinal))];
        places.ShouldAllBe(place => place > 0);
        places.ShouldBeInOrder();
    }

    [Fact]
    public void The_table_says_how_well_workers_are_used()
    {
        string html = HtmlReport.Write(Invented.Result(Invented.Experiment(Invented.Way("serial", 1, 1), Invented.Way("threads", 4, 0.5, 0.4, 0.6))), []);
        html.ShouldContain("<td class=\"main\">2.00×</td><td>50 %</td><td>450 – 550 ms</td><td>750 ms</td><td>1.50</td><td>1,234</td><td>56</td><td>180 MiB</td>");
        html.ShouldContain("± 500 ms");
        html.ShouldContain("too noisy");
    }

    [Fact]
    public void A_wrong_result_is_marked_with_what_it_came_to()
    {
        WayResult wrong = Invented.Way("threads", 2, 1) with { Value = 1_234_567, Expected = 2_000_000 };
        string html = HtmlReport.Write(Invented.Result(Invented.Experiment(wrong)), []);
        html.ShouldContain("✗ wrong result: 1,234,567 instead of 2,000,000");
        html.ShouldContain("<tr class=\"wrong\">");
    }

    [Fact]
    public void Other_runtimes_have_speed_ups_of_their_own_and_no_figures_that_would_count_their_start()
    {
        ExperimentResult experiment = Invented.Experiment(
            Invented.Way("serial", 1, 1), Invented.WayOf("Node 24", "serial", 1, 4), Invented.WayOf("Node 24", "threads", 2, 2));
        string html = HtmlReport.Write(Invented.Result(experiment), []);
        html.ShouldContain("<th scope=\"row\">Node 24, threads</th><td>2</td><td class=\"main\">2.00 s</td>"
            + "<td class=\"main\">2.00×</td><td>100 %</td><td>one round</td><td>–</td><td>–</td><td>–</td><td>–</td><td>–</td>");
    }

    [Fact]
    public void An_experiment_that_could_not_be_made_says_why()
    {
        string html = HtmlReport.Write(Invented.Result(Invented.Experiment() with { LeftOut = ["git is not there."] }), []);
        html.ShouldContain("Nothing was measured.");
        html.ShouldContain("git is not there.");
    }
}
