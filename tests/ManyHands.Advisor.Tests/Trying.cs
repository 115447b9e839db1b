namespace ManyHands.Advisor.Tests;

/// <summary>What is concluded from work that was tried at once: what fails is never advised.</summary>
public sealed class Trying
{
    private static readonly Measurement _waits = Invented.Command(wall: 0.2, cpu: 0.008, tasks: null) with { Work = "ask" };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(22)]
    [InlineData(23)]
    [InlineData(60)]
    [InlineData(300)]
    public async Task The_climb_comes_down_to_the_most_that_go_well(int limit)
    {
        var tried = new List<int>();
        Measurement measurement = await Ramp.ClimbAsync(_waits, first: 22, most: 512, workers =>
        {
            tried.Add(workers);
            return Task.FromResult(workers <= limit
                ? new TrialResult(4 * workers, 0, null, 1)
                : new TrialResult(4 * workers, 4 * (workers - limit), "exit code 22", 1));
        });
        tried.Count.ShouldBeLessThan(15);
        measurement.Ramp.ShouldAllBe(step => step.Workers <= limit);
        measurement.Ramp.Select(step => step.Workers).ShouldBeInOrder();
        measurement.Ramp[^1].Workers.ShouldBeGreaterThanOrEqualTo((int)(0.9 * limit));
        measurement.RampFailure.ShouldNotBeNull().ShouldContain("failed: exit code 22.");
        Invented.Advise(measurement, Invented.EightCores with { FreeDescriptors = 10_000 }).Workers.ShouldBeInRange((int)(0.9 * limit), limit);
    }

    [Fact]
    public async Task What_fails_one_at_a_time_too_gets_no_advice()
    {
        var error = await Should.ThrowAsync<WorkFailedException>(() => Ramp.ClimbAsync(_waits, 22, 512, _ => Task.FromResult(new TrialResult(4, 4, "no ink", 1))));
        error.Message.ShouldStartWith("'ask' failed when it was run again, one at a time: no ink.");
    }

    [Fact]
    public void The_advice_goes_to_the_fastest_way_in_which_nothing_failed_whichever_it_is()
    {
        foreach (int best in (int[])[2, 8])
        {
            var verification = new Verification(
            [
                new(WorkerKind.Threads, 4, 90) { Tasks = 100, Failed = 60, Failure = "no ink" },
                new(WorkerKind.Threads, 2, best == 2 ? 20 : 10),
                new(WorkerKind.Threads, 8, best == 8 ? 20 : 10),
                new(WorkerKind.Serial, 1, 5),
            ]);
            verification.OffBy.ShouldBeNull();
            Advice advice = verification.Correct(Invented.Advise(_waits));
            (advice.Kind, advice.Workers, advice.SpeedUp).ShouldBe((WorkerKind.Threads, best, 4));
            advice.Why.ShouldContain(reason => reason.Contains("60 of 100 tasks failed"));
        }
    }

    [Fact]
    public void The_speed_up_is_what_was_measured_and_not_what_was_hoped_for()
    {
        Advice advice = Invented.Advise(_waits);
        advice.SpeedUp.ShouldBe(200, 1);
        new Verification([new(WorkerKind.Threads, 200, 60), new(WorkerKind.Serial, 1, 5)]).Correct(advice).SpeedUp.ShouldBe(12);
    }

    [Fact]
    public void Where_tasks_fail_in_every_way_there_is_no_best_and_no_advice()
    {
        var verification = new Verification(
        [
            new(WorkerKind.Threads, 4, 0) { Tasks = 100, Failed = 100, Failure = "no ink" }, new(WorkerKind.Serial, 1, 0) { Tasks = 7, Failed = 7, Failure = "no paper" },
        ]);
        (verification.Best, verification.OffBy).ShouldBe((null, null));
        Should.Throw<WorkFailedException>(() => verification.Correct(Invented.Advise(_waits))).Message.ShouldContain("7 failed: no paper.");
    }

    [Theory]
    [InlineData(0, 1, "failed: no ink.")]
    [InlineData(2, 4, "failed: no ink.")]
    [InlineData(1, 1, "went well once, and failed when it was run again: no ink.")]
    [InlineData(3, 1, "failed in run 4 after going well before: no ink.")]
    [InlineData(5, 4, "failed in run 6 after going well before: no ink.")]
    public void A_failure_in_the_sample_is_told_by_when_it_came(int run, int inputs, string expected) =>
        Should.Throw<WorkFailedException>(() => SampleFailure.OnlyOnce("It", "no ink", run, inputs, new ProbeLimits(), "")).Message.ShouldContain(expected);

    [Fact]
    public void Where_every_input_went_well_once_and_the_first_again_did_not_those_runs_will_do() =>
        SampleFailure.OnlyOnce("It", "no ink.", run: 3, inputs: 3, new ProbeLimits(), "").ShouldBe("It went well once, and failed when it was run again: no ink.");
}
