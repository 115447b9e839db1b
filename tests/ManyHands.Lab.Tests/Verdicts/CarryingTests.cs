using System.Text.Json;
using ManyHands.Advisor;
using static ManyHands.Lab.Tests.Measured;

namespace ManyHands.Lab.Tests.Verdicts;

/// <summary>Nothing is concluded that the figures do not carry: take from them what they rest on, and the conclusion is gone.</summary>
public sealed class CarryingTests
{
    private const string Seldom = "Not judged, because there are fewer than 3 undisturbed rounds: w.";

    [Theory]
    [InlineData(WorkGroup.Computing)]
    [InlineData(WorkGroup.Waiting)]
    [InlineData(WorkGroup.Mixed)]
    [InlineData(WorkGroup.Data)]
    public void From_fewer_than_three_undisturbed_rounds_nothing_is_concluded(WorkGroup group)
    {
        WayResult[] ways = [Way("serial", 1, 8), Way("threads", 2, 4), Way("processes", 2, 6)];
        Verdict(Experiment("w", group, ways)).ShouldNotContain("Not judged");
        for (int lacking = 0; lacking < ways.Length; lacking++)
        {
            for (int rounds = 0; rounds < 3; rounds++)
            {
                WayResult[] some = [.. ways];
                some[lacking] = ways[lacking] with { UndisturbedRounds = rounds };
                Verdict(Experiment("w", group, some)).ShouldBe(Seldom);
            }
        }
    }

    [Fact]
    public void Memory_is_not_compared_from_fewer_than_three_rounds_either()
    {
        WayResult once = Way("threads", 2, 1) with { UndisturbedRounds = 1 };
        Verdict(Experiment("w", WorkGroup.Data, once, once with { Kind = "processes" }) with { IsAboutMemory = true }).ShouldBe(Seldom);
    }

    [Fact]
    public void One_experiment_that_lacks_rounds_takes_nothing_from_another()
    {
        ExperimentResult complete = Experiment("c", WorkGroup.Computing, Way("serial", 1, 8), Way("threads", 2, 4), Way("processes", 2, 6));
        ExperimentResult lacking = Experiment("w", WorkGroup.Computing, Way("serial", 1, 8), Way("threads", 2, 8), Way("processes", 2, 4) with { UndisturbedRounds = 2 });
        Verdict(complete, lacking).ShouldBe($"For work that computes: threads, 2.0× as fast as one task after another, with 2 workers (processes 1.3×).\n{Seldom}");
    }

    [Theory]
    [InlineData(4, 2, 1.95, "2 cores")] // on two cores, four workers compute no faster than two
    [InlineData(4, null, 1.9, "these")]
    [InlineData(2, 2, 3.8, "these")]
    public void A_speed_up_that_cannot_be_is_doubted_and_printed_nowhere(int workers, int? cores, double seconds, string limit)
    {
        ExperimentResult experiment = Experiment("w", WorkGroup.Computing, Way("serial", 1, 8), Way("threads", workers, seconds), Way("processes", 2, 4)) with { Cores = cores };
        string ratio = FormattableString.Invariant($@"{8 / seconds:0.0}\d*×").Replace(".", @"\.", StringComparison.Ordinal);
        string verdict = Verdict(experiment);
        verdict.ShouldBe($"Not judged: w. There, threads with {workers} workers came out faster than {limit} can be: the time of serial is in doubt.");
        LabResult result = Result(experiment);
        HtmlReport.Write(result, []).ShouldNotMatch(ratio);
        foreach (ReportPlot plot in ReportPlots.Of(result))
            plot.Svg.ShouldNotMatch(ratio);
        JsonElement[] ways = [.. JsonDocument.Parse(LabJson.Write(result)).RootElement.GetProperty("experiments")[0].GetProperty("ways").EnumerateArray()];
        ways.Select(way => way.GetProperty("speedUp").ValueKind).ShouldBe([JsonValueKind.Number, JsonValueKind.Null, JsonValueKind.Number]);
        ways[1].GetProperty("isDoubtful").GetBoolean().ShouldBeTrue();
        Fits.Of(experiment, 2).ShouldNotContain(fit => fit.Label == "threads");
    }

    [Fact]
    public void A_ratio_that_is_a_little_above_what_can_be_is_what_can_be()
    {
        ExperimentResult experiment = Experiment("w", WorkGroup.Computing, Way("serial", 1, 8), Way("threads", 2, 3.9), Way("processes", 4, 3.9)) with { Cores = 2 };
        experiment.Ways.Select(experiment.SpeedUp).ShouldBe([1, 2, 2]);
        Verdict(experiment).ShouldContain("threads, 2.0×");
    }

    [Fact]
    public void A_way_that_nothing_but_luck_makes_right_is_never_the_best()
    {
        WayResult lucky = Way("threads, no guard", 2, 0.6) with { IsUnguarded = true };
        WayResult[] guarded = [Way("one thread", 1, 1), Way("threads, a lock", 2, 20), Way("processes, SharedCounter", 2, 10)];
        string verdict = Verdict(Experiment("Count", WorkGroup.Data, [.. guarded, lucky]));
        verdict.ShouldContain("Count: threads, no guard came to the right result by luck only. It is not compared with the others.");
        verdict.ShouldContain("Count: processes, SharedCounter is the best of the parallel ways");
        Verdict(Experiment("Count", WorkGroup.Data, [.. guarded, lucky with { IsUnguarded = false }])).ShouldContain("Count: threads, no guard is fastest");

        // Nor where it took an impossible time, or too few rounds: work not done says nothing about the others.
        Verdict(Experiment("Count", WorkGroup.Data, [.. guarded, Way("threads, no guard", 2, 0.01) with { IsUnguarded = true, Value = 7, UndisturbedRounds = 1 }]))
            .ShouldContain("Count: processes, SharedCounter is the best of the parallel ways");
    }

    [Fact]
    public void A_way_that_varies_too_much_is_not_compared()
    {
        WayResult noisy = Way("threads", 2, 4) with { Seconds = new Series(4, 1, 9) };
        string verdict = Verdict(Experiment("w", WorkGroup.Computing, Way("serial", 1, 8), noisy, Way("processes", 2, 5)));
        verdict.ShouldContain("For work that computes: processes, 1.6×");
        verdict.ShouldContain("Not compared, because the rounds differ too much: w, threads (2).");
    }

    [Fact]
    public void Threads_of_another_runtime_are_not_judged_by_figures_that_do_not_carry()
    {
        WayResult[] ways = [Way("serial", 1, 2), Way("threads", 2, 1), Way("serial", 1, 1, "CPython 3"), Way("threads", 2, 1, "CPython 3")];
        Verdict(Experiment("w", WorkGroup.Computing, ways)).ShouldContain("Its threads do not compute at the same time.");
        foreach (int lacking in (int[])[0, 1, 2, 3])
        {
            WayResult[] some = [.. ways];
            some[lacking] = some[lacking] with { UndisturbedRounds = 2 };
            Verdict(Experiment("w", WorkGroup.Computing, some)).ShouldNotContain("at the same time");
        }

        ways[3] = Way("threads", 2, 0.2, "CPython 3");
        Verdict(Experiment("w", WorkGroup.Computing, ways)).ShouldContain("Not judged: w on CPython 3. There, threads with 2 workers came out faster");
    }

    [Fact]
    public void One_sample_has_no_spread_in_the_report()
    {
        WayResult once = Way("threads", 2, 1) with { Seconds = new Series(1.0), UndisturbedRounds = 1 };
        string html = HtmlReport.Write(Result(Experiment("w", WorkGroup.Computing, once, once with { Seconds = new Series(1, 3), UndisturbedRounds = 2 })), []);
        html.ShouldContain("<td>one round</td>");
        html.ShouldContain("<td>2 rounds</td>");
        html.ShouldNotContain("too noisy");
    }
}
