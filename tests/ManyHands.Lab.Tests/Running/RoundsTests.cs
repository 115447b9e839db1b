namespace ManyHands.Lab.Tests.Running;

/// <summary>What is timed in which order, and what happens if others disturb it or the time ends.</summary>
public sealed class RoundsTests
{
    private readonly List<string> _order = [];

    [Fact]
    public async Task What_is_compared_is_complete_before_the_next_is_begun()
    {
        LabResult result = await RunAsync(new LabOptions { Experiments = [Experiment("a"), Experiment("b")], Rounds = 3, Budget = null });
        int lastOfA = _order.FindLastIndex(name => name.StartsWith('a')), firstOfB = _order.FindIndex(name => name.StartsWith('b'));
        lastOfA.ShouldBeLessThan(firstOfB);
        _order[0].ShouldBe("a serial");
        foreach (string name in (string[])["a serial", "a threads", "b serial", "b threads"])
            _order.Count(one => one == name).ShouldBeInRange(3, 5, name);
        result.Rounds.ShouldBeInRange(3, 5);
    }

    [Fact]
    public async Task Where_the_time_ends_what_was_begun_is_left_out_and_what_was_complete_is_not()
    {
        TimeSpan budget = TimeSpan.FromSeconds(1.5);
        ExperimentStub slow = Experiment("b", () => _order.Contains("b threads") ? Task.Delay(budget * 1.1) : Task.CompletedTask);
        LabResult result = await RunAsync(new LabOptions { Experiments = [Experiment("a"), slow, Experiment("c")], Rounds = 3, Budget = budget });
        foreach (ExperimentResult experiment in result.Experiments.Skip(1))
        {
            experiment.Ways.ShouldBeEmpty();
            experiment.LeftOut.ShouldNotBeEmpty();
            experiment.LeftOut.ShouldAllBe(reason => reason.Contains("--rounds 3 takes as long as it needs"));
        }

        result.Experiments[0].Ways.ShouldAllBe(way => way.Seconds.Values.Count >= 1);
    }

    [Fact]
    public async Task Where_the_baseline_fails_nothing_is_compared_with_another_way()
    {
        var experiment = new ExperimentStub("a",
            new("serial", 1, _ => throw new InvalidOperationException("no ink")), new("threads", 2, _ => Bout("threads")), new("processes", 2, _ => Bout("processes")));
        LabResult result = await RunAsync(new LabOptions { Experiments = [experiment], Rounds = 1, Budget = null });
        result.Experiments[0].Ways.ShouldBeEmpty();
        result.Experiments[0].LeftOut.ShouldBe(["serial, 1: no ink", "threads, 2; processes, 2: what it would be compared with was not measured"]);
    }

    [Theory]
    [InlineData(0.5, 0.4, 1, 2, 2, 0.1)] // of 0.5 s that cores were busy, 0.4 were ours
    [InlineData(2, 0, 1, 2, 2, 2)]
    [InlineData(1, 1.1, 1, 2, 2, 0)] // clocks with steps
    [InlineData(10, 1, 1, 16, 4, 0)] // of 16 cores we may use four: nine are busy with others, and twelve are left to them
    [InlineData(15, 1, 1, 16, 4, 2)]
    public void What_others_kept_busy_is_what_was_busy_less_what_was_ours(double busy, double own, double wall, int allowed, int cores, double expected) =>
        OtherLoad.Cores(busy, own, wall, allowed, cores).ShouldBe(expected, 1e-9);

    [Theory]
    [InlineData(0.2, 1, 2, false)]
    [InlineData(1, 1, 2, true)]
    [InlineData(0.4, 0.06, 2, false)] // four steps of the clock in six
    [InlineData(1, 0.06, 2, true)]
    [InlineData(1, 1, 16, false)]
    [InlineData(4, 1, 16, true)]
    public void A_core_that_others_keep_busy_disturbs_and_background_work_does_not(double others, double wall, int cores, bool disturbs) =>
        OtherLoad.Disturbs(others, wall, cores).ShouldBe(disturbs);

    [Fact]
    public void The_cores_have_been_busy_since_the_start_of_the_system()
    {
        (double seconds, int cores) = OtherLoad.Busy().ShouldNotBeNull();
        seconds.ShouldBeGreaterThan(0);
        cores.ShouldBeGreaterThanOrEqualTo(Environment.ProcessorCount);
    }

    private static Task<LabResult> RunAsync(LabOptions options) => Laboratory.RunAsync(options with { OtherRuntimes = false, WorkerCounts = [2] });

    private ExperimentStub Experiment(string name, Func<Task>? before = null) => new(
        name, new("serial", 1, _ => Bout($"{name} serial", before)), new("threads", 2, _ => Bout($"{name} threads", before)));

    private async Task<Bout> Bout(string name, Func<Task>? before = null)
    {
        _order.Add(name);
        if (before is not null)
            await before();
        return new Bout(_ => Task.FromResult(new Outcome(1, [])));
    }

    private sealed class ExperimentStub(string name, params Contestant[] contestants) : Lab.Experiment
    {
        public override string Name => name;

        public override string Title => name;

        public override string Shows => "";

        public override string Classic => "";

        public override WorkGroup Group => WorkGroup.Computing;

        public override IReadOnlyList<Contestant> Contestants(IReadOnlyList<int> workerCounts) => contestants;
    }
}
