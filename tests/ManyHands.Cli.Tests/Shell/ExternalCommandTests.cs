using ManyHands.Shell;

namespace ManyHands.Cli.Tests.Shell;

public sealed class ExternalCommandTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task The_exit_code_and_both_outputs_are_told_apart()
    {
        var result = await Sh("echo out; echo err >&2; exit 7");

        result.ExitCode.ShouldBe(7);
        result.Signal.ShouldBeNull();
        result.Succeeded.ShouldBeFalse();
        result.Output.ShouldBe("out\n");
        result.Error.ShouldBe("err\n");
    }

    [Fact]
    public async Task A_program_that_does_not_exist_is_named()
    {
        var error = await Should.ThrowAsync<CommandStartException>(() => ExternalCommand.Create("no-such-program-here").RunAsync());

        error.Program.ShouldBe("no-such-program-here");
        error.Message.ShouldContain("'no-such-program-here' could not be started: there is no such program");
    }

    [Fact]
    public async Task A_working_directory_that_does_not_exist_is_named()
    {
        var command = ExternalCommand.Create("true") with { WorkingDirectory = "/no/such/folder" };

        (await Should.ThrowAsync<CommandStartException>(() => command.RunAsync())).Message.ShouldContain("'/no/such/folder' does not exist");
    }

    [Fact]
    public async Task A_file_that_is_no_program_is_refused_with_the_reason()
    {
        (await Should.ThrowAsync<CommandStartException>(() => ExternalCommand.Create("/etc/passwd").RunAsync()))
            .Message.ShouldContain("may not be executed");
    }

    [Fact]
    public async Task The_signal_that_ended_a_program_is_told()
    {
        var result = await Sh("kill -SEGV $$");

        result.Signal.ShouldBe(11);
        result.ExitCode.ShouldBeNull();
    }

    [Fact]
    public async Task A_program_reads_its_input_file_from_the_beginning_each_time_and_nothing_without_one()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "one\ntwo\n");
            ExternalCommand cat = ExternalCommand.Create("cat");
            for (int run = 0; run < 2; run++)
                (await (cat with { InputFile = file }).RunAsync()).Output.ShouldBe("one\ntwo\n");
            (await PortableCommand.RunAsync(cat with { InputFile = file }, default)).Output.ShouldBe("one\ntwo\n");
            (await cat.RunAsync()).Output.ShouldBeEmpty();
        }
        finally
        {
            File.Delete(file);
        }

        (await Should.ThrowAsync<CommandStartException>(() => (ExternalCommand.Create("cat") with { InputFile = "/no/such/file" }).RunAsync()))
            .Message.ShouldContain("its input '/no/such/file' cannot be read");
    }

    [Fact]
    public async Task An_input_that_is_a_pipe_is_refused_and_holds_up_nobody()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("manyhands-test-");
        try
        {
            string pipe = Path.Combine(folder.FullName, "pipe");
            (await ExternalCommand.Create("mkfifo", pipe).RunAsync()).Succeeded.ShouldBeTrue();
            (await Should.ThrowAsync<CommandStartException>(() => (ExternalCommand.Create("cat") with { InputFile = pipe }).RunAsync().WaitAsync(_limit)))
                .Message.ShouldContain("is a pipe or a terminal");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_program_whose_start_its_caller_cannot_bear_is_stopped_and_the_caller_hears_why()
    {
        int told = 0;
        ExternalCommand command = ExternalCommand.Create("sleep", "1000") with
        {
            OnStarted = pid =>
            {
                told = pid;
                throw new InvalidDataException("no");
            },
        };
        await Should.ThrowAsync<InvalidDataException>(() => command.RunAsync().WaitAsync(_limit));
        Directory.Exists($"/proc/{told}").ShouldBeFalse();
    }

    [Fact]
    public async Task The_process_is_told_once_its_program_runs()
    {
        int told = 0;
        var result = await (ExternalCommand.Create("sh", "-c", "echo $$") with { OnStarted = pid => told = pid }).RunAsync();
        result.Output.Trim().ShouldBe($"{told}");
    }

    [Fact]
    public async Task Arguments_arrive_as_they_are()
    {
        string[] words = ["", "two words", "$(touch x)", "'\"\\", "ümläut", "*", "a\nb"];

        (await ExternalCommand.Create("printf", ["%s|", .. words]).RunAsync()).Output.ShouldBe(string.Join("|", words) + "|");
    }

    [Fact]
    public async Task A_variable_can_be_set_and_removed()
    {
        var command = ExternalCommand.Create("sh", "-c", "echo \"$A-${HOME-none}\"") with
        {
            Environment = new Dictionary<string, string?> { ["A"] = "1", ["HOME"] = null },
        };

        (await command.RunAsync()).Output.ShouldBe("1-none\n");
    }

    [Fact]
    public async Task The_working_directory_is_used()
    {
        (await (ExternalCommand.Create("pwd") with { WorkingDirectory = "/usr" }).RunAsync()).Output.ShouldBe("/usr\n");
    }

    [Fact]
    public async Task A_program_that_reads_meets_the_end_of_its_input_at_once()
    {
        (await ExternalCommand.Create("cat").RunAsync().WaitAsync(_limit)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_program_has_a_session_of_its_own_and_every_signal_at_its_default()
    {
        // With SIGPIPE ignored, as children of .NET inherit it elsewhere, `yes` would complain and exit with 1.
        var result = await Sh("sid=$(cut -d' ' -f6 /proc/$$/stat); [ $sid = $$ ] && echo own; { yes; echo $? >&2; } | head -1; grep SigIgn /proc/$$/status");

        result.Output.ShouldContain("own");
        result.Error.ShouldNotContain("roken pipe");
        result.Error.Trim().ShouldBe("141");
        result.Output.ShouldContain("SigIgn:\t0000000000000000");
    }

    [Fact]
    public async Task A_timeout_ends_the_whole_group()
    {
        var command = ExternalCommand.Create("sh", "-c", "sleep 987 & echo $!; wait") with { Timeout = TimeSpan.FromMilliseconds(200) };

        var result = await command.RunAsync().WaitAsync(_limit);

        result.TimedOut.ShouldBeTrue();
        result.Succeeded.ShouldBeFalse();
        await Processes.AreGone(Processes.Id(result.Output));
    }

    [Fact]
    public async Task A_program_that_ignores_the_polite_signal_is_killed_after_the_grace()
    {
        var command = ExternalCommand.Create("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done") with
        {
            Timeout = TimeSpan.FromMilliseconds(200),
            KillAfter = TimeSpan.FromMilliseconds(200),
        };

        var result = await command.RunAsync().WaitAsync(_limit);

        result.Signal.ShouldBe(9);
        result.TimedOut.ShouldBeTrue();
    }

    [Fact]
    public async Task A_program_may_clean_up_when_it_is_told_to_stop()
    {
        var started = new TaskCompletionSource();
        var lines = new List<string>();
        using var cancel = new CancellationTokenSource();
        var command = ExternalCommand.Create("sh", "-c", "trap 'echo cleaned; exit 0' TERM; echo ready; while :; do sleep 0.02; done") with
        {
            OnOutputLine = line =>
            {
                lines.Add(line);
                started.TrySetResult();
            },
        };

        Task<CommandResult> run = command.RunAsync(cancel.Token);
        await started.Task.WaitAsync(_limit);
        await cancel.CancelAsync();

        (await Should.ThrowAsync<OperationCanceledException>(() => run.WaitAsync(_limit))).CancellationToken.ShouldBe(cancel.Token);
        lines.ShouldBe(["ready", "cleaned"]);
    }

    [Fact]
    public async Task A_child_of_a_stopped_program_may_clean_up_too()
    {
        // The shell dies of TERM at once; its child still has something to write.
        var lines = new List<string>();
        var command = ExternalCommand.Create("sh", "-c", "(trap 'sleep 0.1; echo cleaned; exit' TERM; while :; do sleep 0.02; done) & wait") with
        {
            Timeout = TimeSpan.FromMilliseconds(300),
            OnOutputLine = lines.Add,
        };

        await command.RunAsync().WaitAsync(_limit);

        lines.ShouldBe(["cleaned"]);
    }

    [Fact]
    public async Task A_grandchild_that_keeps_the_output_open_does_not_delay_the_end()
    {
        var result = await Sh("sleep 987 & echo $!").WaitAsync(_limit);

        int grandchild = Processes.Id(result.Output);
        Processes.IsAlive(grandchild).ShouldBeTrue("an ordinary end leaves the program's children alone");
        result.WallTime.ShouldBeLessThan(TimeSpan.FromSeconds(5));
        Processes.Kill(grandchild);
    }

    [Fact]
    public async Task Grandchildren_that_never_stop_writing_do_not_delay_the_end_and_lose_their_reader()
    {
        // Several, because one may be slower than its reader, who then meets an empty pipe.
        var result = await Sh("for i in 1 2 3 4 5 6; do yes & echo $! >&2; done").WaitAsync(_limit);

        await Processes.AreGone([.. result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Processes.Id)]);
    }

    [Fact]
    public async Task Of_a_large_output_the_first_and_the_last_part_are_kept()
    {
        var command = ExternalCommand.Create("seq", "1", "3000000") with { OutputLimit = 1000 };

        var result = await command.RunAsync().WaitAsync(_limit);

        result.OutputBytes.ShouldBe(22_888_896);
        result.Output.Length.ShouldBeLessThan(1100);
        result.Output.ShouldStartWith("1\n2\n3\n");
        result.Output.ShouldContain($"… {22_888_896 - 1000} bytes left out …");
        result.Output.ShouldEndWith("2999999\n3000000\n");
    }

    [Fact]
    public async Task An_output_just_within_the_limit_is_whole_also_where_a_character_lies_across_the_halves()
    {
        var command = ExternalCommand.Create("printf", "aé") with { OutputLimit = 3 };

        (await command.RunAsync()).Output.ShouldBe("aé");
    }

    [Fact]
    public async Task Lines_arrive_one_by_one_also_those_of_a_progress_display()
    {
        var lines = new List<string>();
        var command = ExternalCommand.Create("printf", "10%%\\r20%%\\rdone\\r\\nnext\\n\\nlast") with { OnOutputLine = lines.Add };

        await command.RunAsync();

        lines.ShouldBe(["10%", "20%", "done", "next", "", "last"]);
    }

    [Fact]
    public async Task A_line_handler_that_throws_stops_its_own_program_only()
    {
        var throwing = ExternalCommand.Create("sh", "-c", "echo x; sleep 987") with { OnOutputLine = _ => throw new FormatException("no") };
        Task<CommandResult> neighbour = Sh("sleep 0.5; echo fine");

        await Should.ThrowAsync<FormatException>(() => throwing.RunAsync().WaitAsync(_limit));
        (await neighbour.WaitAsync(_limit)).Output.ShouldBe("fine\n");
    }

    [Fact]
    public async Task Processor_time_and_memory_of_children_are_counted()
    {
        var result = await Sh("sh -c 'i=0; while [ $i -lt 600000 ]; do i=$((i+1)); done'; sleep 0.1");

        result.CpuTime.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(50));
        result.PeakMemory.ShouldBeGreaterThan(500_000);
    }

    [Fact]
    public async Task Two_hundred_programs_run_at_once_without_holding_threads()
    {
        int before = ThreadPool.ThreadCount;

        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Sh($"sleep 1; echo {i}"))).WaitAsync(_limit);

        results.Select(result => result.Output.Trim()).ShouldBe(Enumerable.Range(0, 200).Select(i => $"{i}"));
        ThreadPool.ThreadCount.ShouldBeLessThan(before + 20);
    }

    [Fact]
    public async Task No_descriptor_stays_open()
    {
        await Sh("true");
        int before = Directory.GetFiles("/proc/self/fd").Length;

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Sh("echo x")));

        Directory.GetFiles("/proc/self/fd").Length.ShouldBeLessThan(before + 50);
    }

    [Fact]
    public async Task A_token_that_is_cancelled_beforehand_starts_nothing()
    {
        string file = Path.GetTempFileName();
        File.Delete(file);

        await Should.ThrowAsync<OperationCanceledException>(
            () => ExternalCommand.Create("touch", file).RunAsync(new CancellationToken(canceled: true)));

        File.Exists(file).ShouldBeFalse();
    }

    [Theory]
    [InlineData("echo out; echo err >&2; exit 3", 3, "out\n", "err\n")]
    [InlineData("sleep 987 & echo $!; exit 0", 0, null, "")]
    public async Task The_portable_launcher_keeps_the_same_promises(string script, int exitCode, string? output, string error)
    {
        var result = await ManyHands.Shell.PortableCommand.RunAsync(ExternalCommand.Create("sh", "-c", script), CancellationToken.None).WaitAsync(_limit);

        result.ExitCode.ShouldBe(exitCode);
        result.Error.ShouldBe(error);
        if (output is null)
            Processes.Kill(Processes.Id(result.Output));
        else
            result.Output.ShouldBe(output);
    }

    [Fact]
    public async Task The_portable_launcher_knows_timeouts_cancellation_and_missing_programs()
    {
        var endless = ExternalCommand.Create("sleep", "987");
        using var cancel = new CancellationTokenSource(100);

        (await ManyHands.Shell.PortableCommand.RunAsync(endless with { Timeout = TimeSpan.FromMilliseconds(100) }, CancellationToken.None).WaitAsync(_limit))
            .TimedOut.ShouldBeTrue();
        await Should.ThrowAsync<OperationCanceledException>(() => ManyHands.Shell.PortableCommand.RunAsync(endless, cancel.Token).WaitAsync(_limit));
        (await Should.ThrowAsync<CommandStartException>(
            () => ManyHands.Shell.PortableCommand.RunAsync(ExternalCommand.Create("no-such-program-here"), CancellationToken.None)))
            .Program.ShouldBe("no-such-program-here");
    }

    [Fact]
    public void A_command_reads_like_a_command_line()
    {
        ExternalCommand.Create("git", "commit", "-m", "it's done").ToString().ShouldBe(@"git commit -m 'it'\''s done'");
    }

    private static Task<CommandResult> Sh(string script) => ExternalCommand.Create("sh", "-c", script).RunAsync();
}
