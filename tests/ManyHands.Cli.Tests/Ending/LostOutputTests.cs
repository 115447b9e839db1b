using ManyHands.Cli.Tests.Pulling;

namespace ManyHands.Cli.Tests.Ending;

/// <summary>Output that cannot be written: the work goes on, and the exit code tells.</summary>
[Collection(WithGitServer.Name)]
public sealed class LostOutputTests(GitServer server) : IDisposable
{
    private readonly Clones _clones = new(server);

    public void Dispose() => _clones.Dispose();

    [Theory(Timeout = 60_000)]
    [InlineData(254, "--help >&-")]
    [InlineData(254, "--help >/dev/full")]
    [InlineData(254, "--help <&- >&-")]
    [InlineData(254, "--help >&- 2>&-")]
    [InlineData(254, "--help <&- >&- 2>&-")]
    [InlineData(0, "--help 2>&-")]
    [InlineData(255, "nothing 2>&-")]
    [InlineData(255, "nothing 2>/dev/full")]
    [InlineData(255, "nothing <&- >&- 2>&-")]
    [InlineData(255, "pull nowhere 2>&-")]
    [InlineData(255, "pull nowhere 2>/dev/full")]
    [InlineData(254, "advise true >/dev/full")]
    [InlineData(0, "advise true 2>&-")]
    [InlineData(254, "advise no-such-program 2>/dev/full")]
    [InlineData(255, "advise 2>&-")]
    [InlineData(254, "lab --list >&-")]
    [InlineData(255, "lab --nothing 2>&-")]
    [InlineData(254, "lab --only sleep --workers 2 --rounds 1 --no-others >/dev/full")]
    [InlineData(0, "lab --only sleep --workers 2 --rounds 1 --no-others 2>&-")]
    [InlineData(0, "lab --only sleep --workers 2 --rounds 1 --no-others 2>/dev/full")]
    public async Task Closed_or_full_streams_end_in_an_exit_code(int exitCode, string command)
    {
        var result = await Shell($"exec \"$HANDS\" {command}");

        result.ExitCode.ShouldBe(exitCode, result.Error);
        result.Error.ShouldNotContain("   at ");
        if (command.StartsWith("lab --only", StringComparison.Ordinal))
            File.Exists(_clones.At("hands-lab.html")).ShouldBeTrue("what was measured is not lost with the table");
    }

    [Theory(Timeout = 60_000)]
    [InlineData(">/dev/full", "No space left on device")]
    [InlineData(">&-", "Bad file descriptor")]
    [InlineData("2>/dev/full", null)]
    [InlineData("2>&-", null)]
    [InlineData("--json >/dev/full", "No space left on device")]
    [InlineData("<&- >&- 2>&-", null)]
    public async Task A_pull_goes_on_and_says_at_the_end_what_was_lost(string redirection, string? said)
    {
        string[] names = ["one", "two", "three"];
        foreach (string name in names)
            _clones.Create(name);
        string[] news = [.. names.Select(name => _clones.Publish(name))];

        // One at a time: what the first has to tell is lost before the others begin.
        var result = await Shell($"exec \"$HANDS\" pull -j1 {redirection}");

        result.ExitCode.ShouldBe(254, result.Error);
        names.Select(_clones.Head).ShouldBe(news);
        if (said is not null)
            result.Error.ShouldContain($"hands: standard output could not be written: {said}");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_reader_that_goes_away_stops_no_pull_and_gets_no_explanation()
    {
        _clones.Create("one");
        _clones.Create("two");
        string[] news = [_clones.Publish("one"), _clones.Publish("two")];
        HoldFetches();

        // The reader has gone before there is anything to read.
        var result = await Shell("{ \"$HANDS\" pull -j1; echo \"exit code $?\" >&2; } | { exec <&-; : >go; }");

        string[] said = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        said.Length.ShouldBe(2, result.Error);
        said[0].ShouldStartWith("2 updated");
        said[1].ShouldBe("exit code 254");
        ((string[])["one", "two"]).Select(_clones.Head).ShouldBe(news);
    }

    [Fact(Timeout = 30_000)]
    public async Task When_the_terminal_goes_away_what_runs_is_finished()
    {
        _clones.Create("one");
        _clones.Create("two");
        string old = _clones.Head("two"), news = _clones.Publish("one");
        _clones.Publish("two");
        HoldFetches();
        await using var terminal = _clones.StartOnTerminal("-j1");
        await Processes.Until(() => File.Exists(_clones.At("held")), "the fetch does not start");

        terminal.Signal("KILL");
        await Processes.Until(() => !Processes.IsAlive(terminal.Id), "the terminal does not go away");
        File.WriteAllText(_clones.At("go"), "");
        await Processes.Until(() => _clones.Processes().Length == 0, "the tool does not end");

        _clones.Head("one").ShouldBe(news);
        _clones.Head("two").ShouldBe(old, "SIGHUP starts nothing new");
        File.Exists(_clones.At("one/.git/index.lock")).ShouldBeFalse();
        _clones.Git(_clones.At("one"), "status", "--porcelain").ShouldBeEmpty();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_reader_that_does_not_read_cannot_keep_the_tool_from_stopping()
    {
        _clones.Create("one");
        string news = _clones.Publish("one");
        _clones.Environment["HANDS"] = Tool.Path;
        await using var tool = Tool.Start(
            _clones.Folder, _clones.Environment, ["-c", "mkfifo full; exec 3<>full; head -c 65536 /dev/zero >&3; exec \"$HANDS\" pull >&3"], "sh");
        await Processes.Until(() => _clones.Head("one") == news, "the pull does not happen");

        tool.Signal("TERM");

        (await tool.EndAsync()).ExitCode.ShouldBe(143);
    }

    /// <summary>Lets the fetches wait for a file called `go`; one called `held` says that one does.</summary>
    private void HoldFetches()
    {
        string git = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, "git")).First(File.Exists);
        _clones.Fake("git", $"""
            case "$*" in *fetch*) : >'{_clones.At("held")}'; while [ ! -e '{_clones.At("go")}' ]; do sleep 0.02; done ;; esac
            exec '{git}' "$@"
            """);
    }

    private async Task<ToolResult> Shell(string script)
    {
        _clones.Environment["HANDS"] = Tool.Path;
        await using var tool = Tool.Start(_clones.Folder, _clones.Environment, ["-c", script], "sh");
        return await tool.EndAsync();
    }
}
