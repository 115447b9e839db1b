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
        waits.OnlyOnce.ShouldBeNull();
    }

    [Fact]
    public async Task A_command_that_fails_is_refused_with_its_own_words_unless_that_exit_code_is_no_failure()
    {
        var fails = new CommandTemplate(["sh", "-c", "echo no ink >&2; exit 3"], []);
        (await Should.ThrowAsync<WorkFailedException>(() => CommandProbe.MeasureAsync(fails, _short))).Message.ShouldContain("failed: exit code 3: no ink.");
        (await CommandProbe.MeasureAsync(fails with { IgnoresExitCode = true }, _short)).OnlyOnce.ShouldBeNull();
        var killed = new CommandTemplate(["sh", "-c", "kill -9 $$"], []) { IgnoresExitCode = true };
        await Should.ThrowAsync<WorkFailedException>(() => CommandProbe.MeasureAsync(killed, _short));
    }

    [Fact]
    public async Task A_command_that_can_be_run_once_for_each_input_is_measured_by_those_runs()
    {
        string folder = Directory.CreateTempSubdirectory("manyhands-test-").FullName;
        try
        {
            var limits = new ProbeLimits();
            string[] inputs = ["a", "b", "c", "d"];
            var template = new CommandTemplate(["mkdir"], [.. inputs.Select(input => Path.Combine(folder, input))]);
            Measurement once = await CommandProbe.MeasureAsync(template, limits);
            once.OnlyOnce.ShouldNotBeNull().ShouldContain("failed when it was run again: exit code 1");
            once.Wall.Values.Count.ShouldBeInRange(3, 4);
            var few = new CommandTemplate(["mkdir"], [Path.Combine(folder, "e"), Path.Combine(folder, "f")]);
            (await Should.ThrowAsync<WorkFailedException>(() => CommandProbe.MeasureAsync(few, limits))).Message.ShouldContain("at least 3 inputs");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task The_memory_of_a_small_program_is_its_own_and_not_that_of_its_launcher()
    {
        long ours = Environment.WorkingSet;
        Measurement small = await CommandProbe.MeasureAsync(new CommandTemplate(["sleep", "0.2"], []), _short);
        small.PeakIsBound.ShouldBeFalse();
        small.PeakBytes.ShouldBeInRange(200_000, Math.Min(ours / 2, 16 << 20));

        // A shell that holds 60 MB, and one that only waits for it.
        foreach (string script in (string[])["x=$(head -c 60000000 /dev/zero | tr '\\0' x); sleep 0.3", "sh -c \"x=\\$(head -c 60000000 /dev/zero | tr '\\0' x); sleep 0.3\"; true"])
        {
            Measurement large = await CommandProbe.MeasureAsync(new CommandTemplate(["sh", "-c", script], []), _short with { MostRuns = 1 });
            large.PeakBytes.ShouldBeInRange(50_000_000, 1L << 30);
        }
    }

    [Fact]
    public async Task A_command_reads_its_input_file_in_every_run()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "ink\n");
            var template = new CommandTemplate(["grep", "-q", "ink"], []);
            (await CommandProbe.MeasureAsync(template with { InputFile = file }, _short)).OnlyOnce.ShouldBeNull();
            await Should.ThrowAsync<WorkFailedException>(() => CommandProbe.MeasureAsync(template, _short));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Time_that_a_command_had_to_wait_for_a_core_is_seen()
    {
        // Twice as many as there are cores, so that each has to wait.
        const string Script = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done";
        var all = await Task.WhenAll(Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ =>
            CommandProbe.MeasureAsync(new CommandTemplate(["sh", "-c", Script], []), new ProbeLimits { LongEnough = TimeSpan.FromSeconds(1) })));
        all.Sum(one => one.Ready.ShouldNotBeNull().Values.Sum()).ShouldBeGreaterThan(0.1);
        all.ShouldAllBe(one => one.OwnSeconds <= one.Wall.Median && one.OwnSeconds > 0);
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
        var error = await Should.ThrowAsync<WorkFailedException>(() => MeasureAsync(nameof(Work.Crash), "1"));
        error.Message.ShouldContain("ended its process each time");
    }

    [Fact]
    public async Task A_method_that_throws_is_refused_with_its_own_words() =>
        (await Should.ThrowAsync<WorkFailedException>(() => MeasureAsync(nameof(Work.Throw), "no ink"))).Message
            .ShouldContain("with input 'no ink' failed: InvalidOperationException: no ink.");

    [Fact]
    public async Task Static_fields_that_can_be_changed_are_found_and_others_are_not()
    {
        Measurement measurement = await MeasureAsync(nameof(Work.Compute), "1");
        measurement.MutableStatics.ShouldContain(Work.Full("Changeable"));
        measurement.MutableStatics.ShouldNotContain(name => name.Contains("Fixed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Work_that_fails_when_several_run_at_once_is_advised_with_fewer()
    {
        string folder = Directory.CreateTempSubdirectory("manyhands-test-").FullName;
        try
        {
            // Two places: whoever finds both taken fails at once.
            const string Script = "for i in 1 2; do if mkdir $0/$i 2>/dev/null; then sleep 0.05; rmdir $0/$i; exit 0; fi; done; echo full >&2; exit 1";
            var template = new CommandTemplate(["sh", "-c", Script, folder], []);
            Measurement measurement = await Ramp.OfCommandAsync(template, Advice.From(Invented.Command(wall: 0.06, cpu: 0.003), Invented.TwoCores), _short);
            measurement.RampFailure.ShouldNotBeNull().ShouldContain("full");
            Advice advice = Advice.From(measurement, Invented.TwoCores);
            advice.Of("fails-at-once").ShouldNotBeNull();
            advice.Workers.ShouldBeInRange(1, 2);
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
            (await MeasureAsync(method, input)).Wall.Values.ShouldNotBeEmpty();
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
        verification.Ways.ShouldAllBe(way => way.Failed == 0 && way.Tasks > 0);
        verification.Ways.Select(way => (way.Kind, way.Workers)).ShouldBe(
            [(WorkerKind.Threads, 8), (WorkerKind.Threads, 4), (WorkerKind.Threads, 16), (WorkerKind.Serial, 1)]);
        verification.Ways.ShouldAllBe(way => way.TasksPerSecond > 0);
        verification.OffBy.ShouldNotBeNull().ShouldBeInRange(0, 1);
    }

    private static Task<Measurement> MeasureAsync(string method, string input) =>
        MethodProbe.MeasureAsync(new MethodAddress(_assembly, Work.Full(method)), [input], _short);
}
