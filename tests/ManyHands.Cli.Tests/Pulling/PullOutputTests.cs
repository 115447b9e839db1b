using System.Text.Json;

namespace ManyHands.Cli.Tests.Pulling;

/// <summary>The same pull for a program, a pipe and a person.</summary>
[Collection(WithGitServer.Name)]
public sealed class PullOutputTests(GitServer server) : IDisposable
{
    private readonly Clones _clones = new(server);

    public void Dispose() => _clones.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Json_tells_every_repository_and_the_sum()
    {
        _clones.Create("ümläut \"one\"");
        _clones.Create("same");
        _clones.Publish("ümläut \"one\"");

        var result = await _clones.Pull("--json");

        JsonElement[] lines = [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        lines.Length.ShouldBe(3);
        var updated = lines.Single(line => line.GetProperty("event").GetString() == "repository" && line.GetProperty("state").GetString() == "updated");
        updated.GetProperty("name").GetString().ShouldBe("ümläut \"one\"");
        updated.GetProperty("commits").GetInt32().ShouldBe(1);
        lines[^1].GetProperty("event").GetString().ShouldBe("summary");
        lines[^1].GetProperty("states").GetProperty("up-to-date").GetInt32().ShouldBe(1);
        result.Error.ShouldBeEmpty();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_tab_or_an_escape_sequence_in_a_name_cannot_break_a_line()
    {
        _clones.Create("tab\t\e[31mred");
        _clones.Publish("tab\t\e[31mred");

        (await _clones.Pull()).StateOf("tab  [31mred").ShouldBe("updated");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_reader_that_has_gone_is_no_stack_trace()
    {
        _clones.Create("one");
        _clones.Publish("one");
        await using var tool = Tool.Start(_clones.Folder, _clones.Environment, ["-c", $"'{Tool.Path}' pull | true"], "sh");

        (await tool.EndAsync()).Error.ShouldNotContain("   at ");
    }

    [Fact(Timeout = 30_000)]
    public async Task On_a_terminal_changes_are_lines_and_what_runs_is_shown_below()
    {
        await using var silent = TcpServer.Silent();
        _clones.Create("changed");
        _clones.Create("same");
        _clones.Create("slow");
        _clones.Git(_clones.At("slow"), "remote", "set-url", "origin", $"git://127.0.0.1:{silent.Port}/r.git");
        _clones.Publish("changed");
        await using var terminal = _clones.StartOnTerminal("--timeout", "4s");

        string screen = (await terminal.EndAsync()).Output;

        screen.ShouldMatch(@"changed  main  .*[0-9a-f]{7}\.\.[0-9a-f]{7}  \+1 commit.*\d\.\ds");
        screen.ShouldContain("pulling");
        screen.ShouldMatch(@"2 of 3 done · 1 running");
        screen.ShouldMatch(@"slow     main  .*timeout: git fetch did not end within 4 s");
        screen.ShouldMatch(@"(\n|\x1b\[\d+A)1 updated · 1 up to date · 1 timeout · \d\.\d s\r?\n$");
    }

    [Fact(Timeout = 30_000)]
    public async Task Colours_can_be_switched_off()
    {
        _clones.Create("changed");
        _clones.Publish("changed");
        _clones.Environment["NO_COLOR"] = "1";
        await using var terminal = _clones.StartOnTerminal();

        (await terminal.EndAsync()).Output.ShouldNotContain("\e[32m");
    }
}
