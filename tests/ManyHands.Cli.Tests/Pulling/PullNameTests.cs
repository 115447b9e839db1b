using System.Text;
using System.Text.Json;
using ManyHands.Cli.Git;

namespace ManyHands.Cli.Tests.Pulling;

/// <summary>Folders whose names are bytes, not text.</summary>
[Collection(WithGitServer.Name)]
public sealed class PullNameTests(GitServer server) : IDisposable
{
    private readonly Clones _clones = new(server);

    public void Dispose()
    {
        // The framework cannot delete what it cannot name.
        _clones.Git("/", "-c", $"alias.remove=!rm -rf '{_clones.Folder}'", "remove");
        Directory.CreateDirectory(_clones.Folder);
        _clones.Dispose();
    }

    [Theory(Timeout = 30_000)]
    [InlineData("'HANDS' pull", "work\\xE9/caf\\xE9")]
    [InlineData("'HANDS' pull \"$name\"", "FOLDER/work\\xE9/caf\\xE9")]
    [InlineData("cd \"$name\" && 'HANDS' pull", "caf\\xE9")]
    [InlineData("cd \"$name/$(printf 'caf\\351')\" && 'HANDS' pull", ".")]
    public async Task A_name_that_is_not_UTF_8_is_pulled_and_written_with_its_bytes(string script, string name)
    {
        string news = Odd();

        var result = await Shell("name=$(printf 'work\\351'); " + script.Replace("HANDS", Tool.Path, StringComparison.Ordinal));

        result.StateOf(name.Replace("FOLDER", _clones.Folder, StringComparison.Ordinal)).ShouldBe("updated", result.Error);
        (await Shell("git -C \"$(printf 'work\\351/caf\\351')\" rev-parse HEAD")).Output.Trim().ShouldBe(news);
    }

    [Fact(Timeout = 30_000)]
    public async Task Working_trees_are_found_by_such_a_name_too()
    {
        string news = Odd();
        await Shell($"""
            d=$(printf 'work\351'); git -C "$d/$(printf 'caf\351')" worktree add -q --track -b topic ../tree origin/main
            git clone -q --bare '{_clones.Url("plain")}' "$d/bare"; cd "$d/bare"; git config remote.origin.fetch '+refs/heads/*:refs/remotes/origin/*'
            git fetch -q; git branch -f main main~1; git worktree add -q inner main; git -C inner branch -q -u origin/main
            """);
        int before = server.Connections(_clones.Served("plain"));

        var result = await _clones.Pull();

        foreach (string name in (string[])["work\\xE9/caf\\xE9", "work\\xE9/tree", "work\\xE9/bare/inner"])
            result.StateOf(name).ShouldBe("updated", name + result.Output);
        (await Shell("git -C \"$(printf 'work\\351/tree')\" rev-parse HEAD")).Output.Trim().ShouldBe(news);
        (server.Connections(_clones.Served("plain")) - before).ShouldBe(2, "one for each repository");
    }

    [Fact(Timeout = 30_000)]
    public async Task Json_has_the_bytes_of_such_a_name()
    {
        Odd();
        _clones.Create("text");

        var result = await _clones.Pull("--json");

        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var odd = lines.Single(line => line.TryGetProperty("pathBytes", out _));
        odd.GetProperty("path").GetString().ShouldBe(_clones.At("work\\xE9/caf\\xE9"));
        odd.GetProperty("pathBytes").GetBytesFromBase64().ShouldBe([.. Encoding.UTF8.GetBytes(_clones.At("work")), 0xE9, .. "/caf"u8, 0xE9]);
        odd.GetProperty("state").GetString().ShouldBe("updated");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_command_to_enter_credentials_for_it_can_be_pasted()
    {
        await using var secret = TcpServer.WithPassword();
        Odd();
        await Shell($"git -C \"$(printf 'work\\351/caf\\351')\" remote set-url origin http://127.0.0.1:{secret.Port}/r.git");

        (await _clones.Pull()).Error.ShouldContain($"git -C $'{_clones.At("work\\xE9/caf\\xE9")}' fetch");
    }

    [Fact]
    public void A_byte_is_shown_and_quoted()
    {
        string[] paths = ["plain", "caf\uDCE9", "it's \\ \uDC80", "\U0001F4E6"];

        paths.Select(RawPath.Show).ShouldBe(["plain", "caf\\xE9", "it's \\ \\x80", "\U0001F4E6"]);
        paths[..3].Select(RawPath.Word).ShouldBe(["plain", "$'caf\\xE9'", "$'it\\'s \\\\ \\x80'"]);
    }

    /// <summary>A clone in a folder, both with a Latin-1 é, and with news.</summary>
    private string Odd()
    {
        _clones.Create("plain");
        _clones.Git("/", "-c", $"alias.move=!cd '{_clones.Folder}' && d=$(printf 'work\\351') && mkdir \"$d\" && mv plain \"$d/$(printf 'caf\\351')\"", "move");
        return _clones.Publish("plain");
    }

    private async Task<ToolResult> Shell(string script)
    {
        await using var shell = Tool.Start(_clones.Folder, _clones.Environment, ["-c", script], "sh");
        return await shell.EndAsync();
    }
}
