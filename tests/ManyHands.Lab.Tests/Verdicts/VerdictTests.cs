using static ManyHands.Lab.Tests.Measured;

namespace ManyHands.Lab.Tests.Verdicts;

/// <summary>The verdict says what the measurements say: measurements of the opposite make it say the opposite.</summary>
public sealed class VerdictTests
{
    [Fact]
    public void The_fastest_kind_is_named_whichever_it_is()
    {
        foreach (WorkGroup group in (WorkGroup[])[WorkGroup.Computing, WorkGroup.Waiting])
        {
            Verdict(Experiment("w", group, Way("serial", 1, 8), Way("threads", 2, 4), Way("processes", 2, 5)))
                .ShouldContain("threads, 2.0× as fast as one task after another, with 2 workers (processes 1.6×).");
            Verdict(Experiment("w", group, Way("serial", 1, 8), Way("threads", 2, 5), Way("processes", 2, 4)))
                .ShouldContain("processes, 2.0× as fast as one task after another, with 2 workers (threads 1.6×).");
        }
    }

    [Fact]
    public void Among_equals_the_cheapest_kind_is_named()
    {
        Verdict(Experiment("w", WorkGroup.Computing, Way("serial", 1, 8), Way("processes", 2, 4), Way("contexts", 2, 4), Way("threads", 2, 4.2)))
            .ShouldContain("For work that computes: threads");
        Verdict(Experiment("w", WorkGroup.Computing, Way("serial", 1, 8), Way("processes", 2, 4), Way("contexts", 2, 4), Way("threads", 2, 6)))
            .ShouldContain("For work that computes: contexts");
    }

    [Fact]
    public void Where_no_worker_helps_one_after_another_is_advised() =>
        Verdict(Experiment("w", WorkGroup.Computing, Way("serial", 1, 1), Way("threads", 2, 1), Way("processes", 2, 2)))
            .ShouldContain("For work that computes: one after another. No kind of worker makes it more than a tenth faster here.");

    [Theory]
    [InlineData(1, "more workers than the 2 cores pay: 4.0× once more")]
    [InlineData(4, "more workers than the 2 cores bring nothing")]
    [InlineData(8, "more workers than the 2 cores do harm: 0.5× of the speed")]
    public void More_workers_than_cores_pay_bring_nothing_or_do_harm(double seconds, string expected) =>
        Verdict(Experiment("w", WorkGroup.Waiting, Way("serial", 1, 8), Way("threads", 2, 4), Way("threads", 16, seconds))).ShouldContain(expected);

    [Theory]
    [InlineData(1.0, "Its threads do not compute at the same time.")]
    [InlineData(0.53, "Its threads compute at the same time, as ours do.")]
    public void Threads_of_another_runtime_are_judged_by_their_own_speed_up(double seconds, string expected) =>
        Verdict(Experiment(
            "Counting", WorkGroup.Computing, Way("serial", 1, 2), Way("threads", 2, 1), Way("serial", 1, 1, "CPython 3"), Way("threads", 2, seconds, "CPython 3")))
            .ShouldContain(expected);

    [Fact]
    public void Where_our_threads_gain_nothing_nothing_is_said_of_the_others() =>
        Verdict(Experiment(
            "Counting", WorkGroup.Computing, Way("serial", 1, 2), Way("threads", 2, 2), Way("serial", 1, 1, "CPython 3"), Way("threads", 2, 1, "CPython 3")))
            .ShouldContain("nothing can be said about theirs");

    [Fact]
    public void Work_that_stands_for_itself_names_its_best_and_what_falls_behind()
    {
        Verdict(Experiment("Garbage", WorkGroup.Mixed, Way("serial", 1, 4), Way("threads", 2, 4), Way("processes", 2, 2)))
            .ShouldContain("Garbage: processes with 2 workers, 2.0×; behind: threads 1.0×.");
        Verdict(Experiment("Garbage", WorkGroup.Mixed, Way("serial", 1, 4), Way("threads", 2, 2), Way("processes", 2, 4)))
            .ShouldContain("Garbage: threads with 2 workers, 2.0×; behind: processes 1.0×.");
        Verdict(Experiment("Tiny", WorkGroup.Mixed, Way("serial", 1, 1), Way("threads", 2, 2), Way("processes", 2, 4)))
            .ShouldContain("Tiny: no worker pays. The best, threads with 2 workers, comes to 0.5×.");
    }

    [Fact]
    public void Lost_updates_are_told_and_right_results_are_not()
    {
        WayResult lost = Way("threads, no guard", 2, 0.5) with { Value = 700, Expected = 1000 };
        Verdict(Experiment("Counting", WorkGroup.Data, Way("one thread", 1, 1), lost)).ShouldContain("threads, no guard came to 700 instead of 1,000 (updates were lost).");
        Verdict(Experiment("Counting", WorkGroup.Data, Way("one thread", 1, 1), lost with { Value = 0 })).ShouldContain("(nothing of it reached the caller)");
        Verdict(Experiment("Counting", WorkGroup.Data, Way("one thread", 1, 1), lost with { Value = 1000 })).ShouldNotContain("instead of");
    }

    [Fact]
    public void A_way_that_came_to_a_wrong_result_is_never_the_best()
    {
        WayResult wrong = Way("threads", 2, 0.1) with { Value = 7, Expected = 8 };
        Verdict(Experiment("w", WorkGroup.Computing, Way("serial", 1, 8), wrong, Way("processes", 2, 4))).ShouldContain("For work that computes: processes");
    }

    [Fact]
    public void The_cheapest_way_to_move_data_is_named_whichever_it_is()
    {
        Verdict(Experiment("Array", WorkGroup.Data, Way("serial", 1, 1), Way("processes, copied", 2, 4), Way("processes, shared", 2, 0.5)))
            .ShouldContain("Array: processes, shared is fastest; processes, copied takes 8.0× as long.");
        Verdict(Experiment("Array", WorkGroup.Data, Way("serial", 1, 1), Way("processes, copied", 2, 2), Way("processes, shared", 2, 4)))
            .ShouldContain("Array: processes, copied is the best of the parallel ways, and still takes 2.0× as long as serial; processes, shared takes 2.0× as long.");
    }

    [Fact]
    public void Memory_is_compared_at_the_largest_number_of_workers()
    {
        ExperimentResult held = Experiment(
            "Held", WorkGroup.Data, Way("threads", 2, 1) with { PeakBytes = 200L << 20 }, Way("processes", 2, 1) with { PeakBytes = 400L << 20 },
            Way("threads", 4, 1) with { PeakBytes = 200L << 20 }, Way("processes", 4, 1) with { PeakBytes = 800L << 20 }) with
        { IsAboutMemory = true };
        Verdict(held).ShouldContain("Held: with 4 workers, threads take least, 200 MiB in all; processes 4.0× of that.");
    }

    [Fact]
    public void Without_measurements_there_is_no_verdict() => Verdict().ShouldBe("Nothing was measured that would allow a verdict.");
}
