namespace ManyHands.Advisor.Tests;

/// <summary>What is measured is there: real commands, real methods, this very process.</summary>
public sealed class Measuring
{
    private static readonly ProbeLimits _short = new() { MostRuns = 4, LongEnough = TimeSpan.FromMilliseconds(1) };
    private static readonly string _assembly = typeof(Measuring).Assembly.Location;

    [Fact]
    public async Task A_command_that_waits_is_seen_to_wait()
    {
        Measurement waits = await CommandProbe.MeasureAsync(new CommandTemplate(["sleep"], ["0.2"]), _short);
        waits.Wall.Least.ShouldBeGreaterThanOrEqualTo(0.2);
        waits.CpuShare.ShouldBeLessThan(0.5);
        waits.VoluntarySwitches.ShouldBeGreaterThanOrEqualTo(1);
        waits.Failure.ShouldBeNull();
    }

    [Fact]
    public async Task A_command_that_fails_is_measured_and_said_to_fail()
    {
        Measurement fails = await CommandProbe.MeasureAsync(new CommandTemplate(["sh", "-c", "echo no ink >&2; exit 3"], []), _short);
        fails.Failure.ShouldNotBeNull().ShouldContain("exit code 3: no ink");
    }

    [Fact]
    public async Task A_command_that_takes_too_long_is_given_up_by_name()
    {
        ProbeLimits limits = _short with { LongestRun = TimeSpan.FromMilliseconds(200) };
        var error = await Should.ThrowAsync<TimeoutException>(() => CommandProbe.MeasureAsync(new CommandTemplate(["sleep"], ["60"]), limits));
        error.Message.ShouldContain("sleep 60");
        error.Message.ShouldContain("--timeout");
    }

    [Theory]
    [InlineData("-n {}.txt", "-n a b.txt")]
    [InlineData("-n", "-n a b")]
    public void An_input_is_put_where_the_braces_are_or_at_the_end_as_one_word(string words, string expected) =>
        string.Join(' ', new CommandTemplate(["echo", .. words.Split(' ')], ["a b"]).Command(0).Arguments).ShouldBe(expected);

    [Fact]
    public async Task A_method_that_waits_and_one_that_computes_are_told_apart()
    {
        Measurement waits = await MeasureAsync(nameof(Work.Wait), "150");
        Measurement computes = await MeasureAsync(nameof(Work.Compute), "20000000");
        waits.Wall.Least.ShouldBeGreaterThanOrEqualTo(0.14);
        waits.CpuShare.ShouldBeLessThan(0.3);
        computes.CpuShare.ShouldBeGreaterThan(3 * waits.CpuShare);
        computes.IsAsync.ShouldBeFalse();
    }

    [Fact]
    public async Task An_asynchronous_method_is_awaited_and_said_to_be_asynchronous()
    {
        Measurement waits = await MeasureAsync(nameof(Work.WaitAsync), "100");
        waits.IsAsync.ShouldBeTrue();
        waits.Wall.Least.ShouldBeGreaterThanOrEqualTo(0.09);
    }

    [Fact]
    public async Task Garbage_memory_and_payload_of_a_method_are_seen()
    {
        Measurement measurement = await MeasureAsync(nameof(Work.Garbage), "32");
        measurement.AllocatedBytes.ShouldBeGreaterThan(32 << 20);
        measurement.PeakBytes.ShouldBeGreaterThan(16 << 20);
        measurement.PayloadBytes.ShouldBeGreaterThan(8 << 20, "its result");
        measurement.PayloadSeconds.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_method_that_ends_its_process_every_other_time_is_measured_all_the_same()
    {
        string mark = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            Measurement measurement = await MethodProbe.MeasureAsync(new MethodAddress(_assembly, Work.Full(nameof(Work.CrashOnce))), [mark], _short);
            measurement.Crash.ShouldNotBeNull();
            Advice.From(measurement, Invented.EightCores).Kind.ShouldBe(WorkerKind.Processes);
        }
        finally
        {
            File.Delete(mark);
        }
    }

    [Fact]
    public async Task A_method_that_ends_its_process_each_time_is_refused_with_the_reason()
    {
        var error = await Should.ThrowAsync<MethodProbeException>(() => MeasureAsync(nameof(Work.Crash), "1"));
        error.Message.ShouldContain("ended its process each time");
    }

    [Fact]
    public async Task An_exception_of_the_work_is_a_finding()
    {
        Measurement measurement = await MeasureAsync(nameof(Work.Throw), "no ink");
        measurement.Failure.ShouldNotBeNull().ShouldContain("no ink");
    }

    [Fact]
    public async Task Static_fields_that_can_be_changed_are_found_and_others_are_not()
    {
        Measurement measurement = await MeasureAsync(nameof(Work.Compute), "1");
        measurement.MutableStatics.ShouldContain(Work.Full("Changeable"));
        measurement.MutableStatics.ShouldNotContain(name => name.Contains("Fixed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Work_that_fails_when_several_run_at_once_ends_the_climb_and_is_no_speed()
    {
        string folder = Directory.CreateTempSubdirectory("manyhands-test-").FullName;
        try
        {
            // Two places: whoever finds both taken fails at once.
            const string Script = "for i in 1 2; do if mkdir $0/$i 2>/dev/null; then sleep 0.05; rmdir $0/$i; exit 0; fi; done; echo full >&2; exit 1";
            var template = new CommandTemplate(["sh", "-c", Script, folder], []);
            Measurement measurement = await Ramp.OfCommandAsync(template, Advice.From(Invented.Command(wall: 0.06, cpu: 0.003), Invented.TwoCores), _short);
            measurement.RampFailure.ShouldNotBeNull().ShouldContain("full");
            Advice.From(measurement, Invented.TwoCores).Of("fails-at-once").ShouldNotBeNull();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_run_that_hangs_only_beside_others_ends_at_the_limit()
    {
        string mark = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var template = new CommandTemplate(["sh", "-c", "mkdir $0 2>/dev/null || sleep 600; sleep 0.02; rmdir $0", mark], []);
        ProbeLimits limits = _short with { LongestRun = TimeSpan.FromSeconds(1) };
        Measurement measurement = await Ramp.OfCommandAsync(template, Advice.From(Invented.Command(wall: 0.03, cpu: 0.01, tasks: 4), Invented.TwoCores), limits);
        measurement.RampFailure.ShouldNotBeNull().ShouldContain("did not end within 1 s");
    }

    [Theory]
    [InlineData("Json", """{"name":"ink","size":3}""", null)]
    [InlineData("Json", """{"size":3}""", "name")]
    [InlineData("Json", """{"name":"ink","size":3,"colour":"red"}""", "colour")]
    [InlineData("Day", "Friday", null)]
    [InlineData("Day", "77", "'77' is no DayOfWeek")]
    [InlineData("Id", "2f4f5f5e-0000-0000-0000-000000000001", null)]
    [InlineData("Sequence", "1", "a sequence")]
    [InlineData("Value", "1", "Return Task")]
    [InlineData("Reference", "1", "a reference")]
    public async Task Inputs_are_what_they_say_or_are_refused(string method, string input, string? refused)
    {
        if (refused is null)
            (await MeasureAsync(method, input)).Failure.ShouldBeNull();
        else
            (await Should.ThrowAsync<MethodProbeException>(() => MeasureAsync(method, input))).Message.ShouldContain(refused, Case.Insensitive);
    }

    [Theory]
    [InlineData("ManyHands.Advisor.Tests.Work.Missing", "1", "has no static method 'Missing'")]
    [InlineData("Work.Compute", "1", "There is ManyHands.Advisor.Tests.Work.")]
    [InlineData("ManyHands.Advisor.Tests.Work.Compute", "many", "'many' is no Int64")]
    [InlineData("ManyHands.Advisor.Tests.Work.Two", "1", "one parameter or none")]
    [InlineData("Compute", "1", "Namespace.Type.Method")]
    public async Task What_cannot_be_called_is_refused_by_name(string method, string input, string message)
    {
        var error = await Should.ThrowAsync<MethodProbeException>(() => MethodProbe.MeasureAsync(new MethodAddress(_assembly, method), [input], _short));
        error.Message.ShouldContain(message);
    }

    [Fact]
    public void This_process_uses_processor_time_and_memory()
    {
        TreeUsage before = ProcessTree.Usage();
        Work.Compute(200_000_000);
        ProcessTree.Usage().Since(before).CpuTime.ShouldBeGreaterThan(TimeSpan.Zero);
        ProcessTree.ProportionalBytes().ShouldBeGreaterThan(1 << 20);
    }

    [Fact]
    public async Task Rising_numbers_are_tried_up_to_that_of_the_tasks()
    {
        var template = new CommandTemplate(["sleep"], ["0.02"]);
        Measurement command = await Ramp.OfCommandAsync(template, Advice.From(Invented.Command(wall: 0.02, cpu: 0.005, tasks: 6), Invented.TwoCores), _short);
        command.Ramp.Select(step => step.Workers).ShouldBe([3, 6]);
        Measurement method = await Ramp.OfMethodAsync(
            new MethodAddress(_assembly, Work.Full(nameof(Work.Wait))), ["20"], Advice.From(Invented.Method(wall: 0.02, cpu: 0.005, tasks: 6), Invented.TwoCores), _short);
        method.Ramp.Select(step => step.Workers).ShouldBe([3, 6]);
        command.Ramp.Concat(method.Ramp).ShouldAllBe(step => step.TasksPerSecond > 0 && step.TasksPerSecond < step.Workers / 0.019);
    }

    [Fact]
    public async Task An_advice_is_tried_beside_its_neighbours()
    {
        var template = new CommandTemplate(["sleep"], ["0.02"]);
        Advice advice = Advice.From(Invented.Command(wall: 0.02, cpu: 0.001, tasks: 8), Invented.TwoCores);
        Verification verification = await Verification.OfCommandAsync(template, advice, _short);
        verification.Ways[0].ShouldBe(new VerifiedWay(WorkerKind.Threads, 8, verification.Ways[0].TasksPerSecond));
        verification.Ways.Select(way => (way.Kind, way.Workers)).ShouldBe(
            [(WorkerKind.Threads, 8), (WorkerKind.Threads, 4), (WorkerKind.Threads, 16), (WorkerKind.Serial, 1)]);
        verification.Ways.ShouldAllBe(way => way.TasksPerSecond > 0);
        verification.OffBy.ShouldBeInRange(0, 1);
    }

    private static Task<Measurement> MeasureAsync(string method, string input) =>
        MethodProbe.MeasureAsync(new MethodAddress(_assembly, Work.Full(method)), [input], _short);
}
