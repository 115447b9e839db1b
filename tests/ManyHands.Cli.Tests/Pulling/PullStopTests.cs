namespace ManyHands.Cli.Tests.Pulling;

/// <summary>Ways to end a pull before it is done. None leaves a process behind.</summary>
[Collection(WithGitServer.Name)]
public sealed class PullStopTests(GitServer server) : IAsyncLifetime, IDisposable
{
    private readonly Clones _clones = new(server);
    private readonly TcpServer _silent = TcpServer.Silent();

    public Task InitializeAsync()
    {
        _clones.Create("silent");
        _clones.Git(_clones.At("silent"), "remote", "set-url", "origin", $"git://127.0.0.1:{_silent.Port}/r.git");
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _silent.DisposeAsync();

    public void Dispose() => _clones.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Without_a_terminal_the_first_interrupt_stops_everything()
    {
        _clones.Copy("silent", "waiting");
        await using var tool = _clones.Start("-j1");
        await _silent.Connected;

        tool.Signal("INT");
        var result = await tool.EndAsync();

        result.ExitCode.ShouldBe(130);
        result.StateOf("silent").ShouldBe("failed");
        result.Rows["silent"][7].ShouldBe("stopped");
        result.Error.ShouldContain("1 failed · 1 not begun");
        await NothingIsLeft();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_request_to_terminate_stops_everything()
    {
        await using var tool = _clones.Start();
        await _silent.Connected;

        tool.Signal("TERM");

        (await tool.EndAsync()).ExitCode.ShouldBe(143);
        await NothingIsLeft();
    }

    [Fact(Timeout = 30_000)]
    public async Task Git_that_ignores_the_request_is_killed()
    {
        _clones.Fake("git", $"case \"$*\" in *fetch*) trap '' TERM; echo x >'{_clones.At("started")}'; while :; do sleep 0.05; done ;; esac\nPATH=${{PATH#*:}} exec git \"$@\"\n");
        await using var tool = _clones.Start();
        await Processes.Until(() => File.Exists(_clones.At("started")), "the fetch does not start");

        tool.Signal("INT");

        (await tool.EndAsync()).ExitCode.ShouldBe(130);
        await NothingIsLeft();
    }

    [Fact(Timeout = 30_000)]
    public async Task On_a_terminal_the_first_interrupt_lets_what_runs_finish()
    {
        _clones.Copy("silent", "waiting");
        await using var terminal = _clones.StartOnTerminal("-j1", "--timeout", "2s");
        await _silent.Connected;

        await terminal.Input.WriteAsync('\x3');
        await terminal.Input.FlushAsync();
        var result = await terminal.EndAsync();

        result.ExitCode.ShouldBe(130);
        result.Output.ShouldContain("finishing 1, Ctrl-C again to stop them");
        result.Output.ShouldContain("1 timeout · 1 not begun");
    }

    [Fact(Timeout = 30_000)]
    public async Task On_a_terminal_the_second_interrupt_stops_everything()
    {
        await using var terminal = _clones.StartOnTerminal();
        await _silent.Connected;

        await Press();
        await terminal.Says("finishing 1, Ctrl-C again to stop them");
        await Press();
        var result = await terminal.EndAsync();

        result.ExitCode.ShouldBe(130);
        result.Output.ShouldContain("1 failed");
        await NothingIsLeft();

        async Task Press()
        {
            await terminal.Input.WriteAsync('\x3');
            await terminal.Input.FlushAsync();
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task When_the_tool_is_killed_nothing_is_left()
    {
        for (int i = 0; i < 15; i++)
            _clones.Copy("silent", $"r{i}");
        await using var tool = _clones.Start("-j16");
        await Processes.Until(() => _clones.Processes().Length > 10, "the fetches do not start");

        tool.Signal("KILL");

        await NothingIsLeft();
    }

    [Theory(Timeout = 60_000)]
    [InlineData(5)]
    [InlineData(15)]
    [InlineData(30)]
    public async Task When_the_tool_is_killed_while_it_starts_programs_nothing_is_left(int milliseconds)
    {
        for (int i = 0; i < 23; i++)
            _clones.Copy("silent", $"r{i}");
        await using var tool = _clones.Start("-j24");
        await _silent.Connected;
        await Task.Delay(milliseconds);

        tool.Signal("KILL");

        await NothingIsLeft();
    }

    [Fact(Timeout = 30_000)]
    public async Task After_an_ordinary_end_nothing_is_left()
    {
        await _clones.Pull("--timeout", "200ms");

        await NothingIsLeft();
    }

    /// <summary>Neither Git nor the guard, which carries no mark in its environment and is known by its parent's end instead.</summary>
    private Task NothingIsLeft() =>
        Processes.Until(() => _clones.Processes().Length == 0, $"still running: {string.Join(", ", _clones.Processes())}");
}
