using ManyHands.Lab.Experiments;

namespace ManyHands.Lab.Tests.Running;

/// <summary>The lab itself: what it runs, leaves out, and notes.</summary>
public sealed class LaboratoryTests
{
    [Fact]
    public async Task An_experiment_is_run_on_every_kind_of_worker_with_the_same_result()
    {
        LabResult result = await RunAsync(new LabOptions { Experiments = [new Cosines()], WorkerCounts = [2], Rounds = 1, Budget = null });
        ExperimentResult experiment = result.Experiments.ShouldHaveSingleItem();
        experiment.LeftOut.ShouldBeEmpty();
        experiment.Ways.Select(way => (way.Kind, way.Workers)).ShouldBe([("serial", 1), ("threads", 2), ("contexts", 2), ("processes", 2), .. LanesOf(2)]);
        experiment.Ways.ShouldAllBe(way => way.IsRight && way.Seconds.Values.Count >= 1 && way.Seconds.Least > 0 && way.PeakBytes > 0 && way.Timeline.Count == 16);
        result.Rounds.ShouldBeInRange(1, 3); // more if others disturbed some
        Verdict.Of(result).ShouldBe(["Not judged, because there are fewer than 3 undisturbed rounds: Cosines added over 10,000,000 steps."]);
    }

    [Fact]
    public async Task Threads_share_a_number_without_a_guard_and_processes_do_not_share_it_at_all()
    {
        LabResult result = await RunAsync(new LabOptions { Experiments = [new SharedCount()], WorkerCounts = [2], Rounds = 1, Budget = null });
        var byKind = result.Experiments.ShouldHaveSingleItem().Ways.ToDictionary(way => way.Kind);
        byKind["processes, a static field"].Value.ShouldBe(0);
        foreach (string kind in (string[])["one thread", "threads, a lock", "threads, Interlocked", "processes, SharedCounter"])
            (byKind[kind].IsRight, byKind[kind].IsUnguarded).ShouldBe((true, false), kind);
        byKind["threads, no guard"].Carries.ShouldBeFalse("even if it came to the right count");
    }

    [Fact]
    public async Task What_fails_is_left_out_with_the_reason_and_costs_the_others_nothing()
    {
        LabResult result = await RunAsync(new LabOptions { Experiments = [new HalfBroken()], WorkerCounts = [2], Rounds = 1 });
        ExperimentResult experiment = result.Experiments.ShouldHaveSingleItem();
        experiment.Ways.ShouldHaveSingleItem().Kind.ShouldBe("good");
        experiment.LeftOut.ShouldBe(["bad, 2: no ink", "huge, 2: it needs 8796093022207 MiB, and"], Comparer);
    }

    [Fact]
    public async Task An_experiment_that_cannot_be_made_here_says_why()
    {
        LabResult result = await RunAsync(new LabOptions { Experiments = [new Impossible()] });
        result.Experiments.ShouldHaveSingleItem().LeftOut.ShouldBe(["there is no paper"]);
        LabJson.Write(result).ShouldContain("there is no paper");
    }

    [Fact]
    public async Task Without_time_nothing_is_measured_and_all_of_it_is_said_to_be_left_out()
    {
        LabResult result = await RunAsync(new LabOptions { Experiments = [new Sleeping()], Budget = TimeSpan.Zero });
        ExperimentResult experiment = result.Experiments.ShouldHaveSingleItem();
        experiment.Ways.ShouldBeEmpty();
        experiment.LeftOut.ShouldAllBe(reason => reason.Contains("no time left"));
    }

    [Fact]
    public async Task Cancelling_ends_it()
    {
        using var cancel = new CancellationTokenSource();
        var options = new LabOptions { Experiments = [new Sleeping()], OtherRuntimes = false, Progress = new OnProgress(_ => cancel.Cancel()) };
        await Should.ThrowAsync<OperationCanceledException>(() => Laboratory.RunAsync(options, cancel.Token));
    }

    [Fact]
    public void All_experiments_have_names_of_their_own_and_say_what_they_show()
    {
        var all = Laboratory.AllExperiments();
        all.Select(experiment => experiment.Name).ShouldBeUnique();
        all.ShouldAllBe(experiment => experiment.Shows.Length > 20 && experiment.Classic.Length > 5 && experiment.Title.Length > 5);
        all.Count.ShouldBeGreaterThanOrEqualTo(16);
    }

    [Fact]
    public void A_noisy_or_busy_machine_is_noted_and_a_quiet_one_is_not()
    {
        WayResult noisy = Measured.Way("threads", 2, 1) with { Seconds = new Advisor.Series(1, 2, 3, 1.5) };
        LabResult quiet = Measured.Result(Measured.Experiment("w", WorkGroup.Computing, Measured.Way("serial", 1, 1)));
        LabNotes.On(quiet).ShouldBeEmpty();
        LabNotes.On(quiet with { Experiments = [Measured.Experiment("w", WorkGroup.Computing, noisy)] }).ShouldContain(note => note.Contains("too noisy"));
        LabNotes.On(quiet with { Machine = quiet.Machine with { BusyBefore = 2 } }).ShouldContain(note => note.Contains("busy before"));
        LabNotes.On(quiet with { Machine = quiet.Machine with { IsOptimized = false } }).ShouldContain(note => note.Contains("debug build"));
        LabNotes.On(quiet with { Times = 30, DisturbedTimes = 7, OthersCores = 1.4 }).ShouldContain(note => note.Contains("Others kept 1.4 of 2 cores busy during 7 of 30 times."));
        LabNotes.On(quiet with { Rounds = 1 }).ShouldContain(note => note.Contains("Only 1 complete round:"));
    }

    [Fact]
    public void Tasks_that_overlap_on_one_thread_lie_on_rows_of_their_own()
    {
        long second = System.Diagnostics.Stopwatch.Frequency;
        IReadOnlyList<TimelineTask> tasks = Timeline.Of(
            [new(0, 5 * second, 7 * second, 1, 1), new(0, 6 * second, 8 * second, 1, 1), new(0, 7 * second, 9 * second, 1, 1), new(0, 7 * second, 9 * second, 2, 1)]);
        tasks.ShouldBe([new(0, 0, 2), new(1, 1, 3), new(0, 2, 4), new(2, 2, 4)]);
    }

    private static IEqualityComparer<string> Comparer { get; } = EqualityComparer<string>.Create(
        (one, other) => one!.StartsWith(other!, StringComparison.Ordinal) || other!.StartsWith(one!, StringComparison.Ordinal), text => 0);

    private static IEnumerable<(string, int)> LanesOf(int workers) => Environment.ProcessorCount < workers ? [("processes × threads", workers)] : [];

    private static Task<LabResult> RunAsync(LabOptions options) => Laboratory.RunAsync(options with { OtherRuntimes = false });

    private sealed class OnProgress(Action<LabProgress> report) : IProgress<LabProgress>
    {
        public void Report(LabProgress value) => report(value);
    }

    private abstract class Stub : Experiment
    {
        public override string Name => "stub";

        public override string Title => "stub";

        public override string Shows => "";

        public override string Classic => "";

        public override WorkGroup Group => WorkGroup.Computing;
    }

    private sealed class HalfBroken : Stub
    {
        public override IReadOnlyList<Contestant> Contestants(IReadOnlyList<int> workerCounts) =>
        [
            new("good", 1, _ => Task.FromResult(new Bout(_ => Task.FromResult(new Outcome(1, []))))),
            new("bad", 2, _ => throw new InvalidOperationException("no ink")),
            new("huge", 2, _ => throw new InvalidOperationException("never opened")) { Bytes = long.MaxValue },
        ];
    }

    private sealed class Impossible : Stub
    {
        public override Task<string?> PrepareAsync(string folder, CancellationToken cancellationToken) => Task.FromResult<string?>("there is no paper");

        public override IReadOnlyList<Contestant> Contestants(IReadOnlyList<int> workerCounts) => throw new InvalidOperationException("never asked");
    }
}
