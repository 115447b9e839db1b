namespace ManyHands.Cli.Tests.Pulling;

/// <summary>What is typed, and what comes back when it is wrong: one line and exit code 255.</summary>
[Collection(WithGitServer.Name)]
public sealed class PullCommandLineTests(GitServer server) : IDisposable
{
    private readonly Clones _clones = new(server);

    public void Dispose() => _clones.Dispose();

    [Theory(Timeout = 30_000)]
    [InlineData("there is no folder 'nowhere'", "pull", "nowhere")]
    [InlineData("no Git repositories below", "pull")]
    [InlineData("there is no option '--frobnicate'", "pull", "--frobnicate")]
    [InlineData("there is no option '-x'", "pull", "-x")]
    [InlineData("the option --depth needs a value", "pull", "--depth")]
    [InlineData("-j wants a whole number of at least 1, not 'many'", "pull", "-jmany")]
    [InlineData("--jobs wants a whole number of at least 1, not '0'", "pull", "--jobs=0")]
    [InlineData("--timeout wants a time such as 90s, 2m or 500ms, not 'soon'", "pull", "--timeout", "soon")]
    [InlineData("--dirty is 'skip' or 'ff', not 'yes'", "pull", "--dirty=yes")]
    [InlineData("the option --json takes no value", "pull", "--json=1")]
    [InlineData("unknown command 'push'", "push")]
    [InlineData("no command given")]
    public async Task Bad_input_gets_one_line_and_255(string said, params string[] arguments)
    {
        await using var tool = Tool.Start(_clones.Folder, _clones.Environment, arguments);

        var result = await tool.EndAsync();

        result.ExitCode.ShouldBe(255);
        result.Error.ShouldContain(said);
        result.Error.Split('\n').Length.ShouldBe(2, "one line and its end");
        result.Output.ShouldBeEmpty();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_is_no_folder()
    {
        File.WriteAllText(_clones.At("file"), "");

        (await _clones.Pull("file")).Error.ShouldBe("hands pull: 'file' is a file, not a folder.\n");
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_git_the_tool_says_so()
    {
        _clones.Create("one");

        // dotnet itself must still be found.
        string dotnet = Directory.CreateDirectory(_clones.At(".path")).FullName;
        _clones.Environment["DOTNET_ROOT"] = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(typeof(object).Assembly.Location))));
        _clones.Environment["PATH"] = dotnet;

        var result = await _clones.Pull();

        result.ExitCode.ShouldBe(255);
        result.Error.ShouldBe("hands pull: git is not installed: there is no program 'git' on the PATH.\n");
    }

    [Theory(Timeout = 30_000)]
    [InlineData("Usage: hands VERB", "--help")]
    [InlineData("hands 0.", "--version")]
    [InlineData("Usage: hands pull", "pull", "--help")]
    [InlineData("Usage: hands pull", "pull", "nowhere", "-h")]
    public async Task Help_goes_to_standard_output(string said, params string[] arguments)
    {
        await using var tool = Tool.Start(_clones.Folder, _clones.Environment, arguments);

        var result = await tool.EndAsync();

        result.ExitCode.ShouldBe(0);
        result.Output.ShouldContain(said);
        result.Error.ShouldBeEmpty();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_folder_inside_a_repository_is_told_from_a_folder_without_repositories()
    {
        string inside = Directory.CreateDirectory(Path.Combine(_clones.Create("one"), "inside")).FullName;

        (await _clones.Pull(inside)).Error.ShouldContain($"The folder lies inside the repository '{_clones.At("one")}'");
    }

    [Fact(Timeout = 30_000)]
    public async Task Repositories_are_found_where_they_are_and_each_once()
    {
        _clones.Create("template");
        foreach (string folder in (string[])["a", "deep/b", "deep/er/c", "deep/er/still/d", "node_modules/e", "a/nested"])
        {
            Directory.CreateDirectory(_clones.At(Path.GetDirectoryName(folder)!));
            _clones.Copy("template", folder);
        }

        Directory.CreateSymbolicLink(_clones.At("deep/up"), _clones.Folder);
        Directory.CreateSymbolicLink(_clones.At("link"), _clones.At("a"));
        Directory.CreateSymbolicLink(_clones.At("broken"), _clones.At("nothing"));
        Directory.CreateDirectory(_clones.At("no-repository/git"));
        _clones.Publish("template");

        string[] Found(ToolResult result) => [.. result.Rows.Keys.Order(StringComparer.Ordinal)];
        (await FoundBy("--depth", "1")).ShouldBe(["a", "template"]);
        (await FoundBy("--exclude", "temp*")).ShouldBe(["a", "deep/b", "deep/er/c"]);
        (await FoundBy("--include", "deep/*", "--depth=9")).ShouldBe(["deep/b", "deep/er/c", "deep/er/still/d"]);
        (await FoundBy("--nested", "--include", "nested")).ShouldBe(["a/nested"]);
        (await FoundBy("deep/er", "a")).ShouldBe(["a", "deep/er/c", "deep/er/still/d"]);

        async Task<string[]> FoundBy(params string[] arguments) => Found(await _clones.Pull(["--fetch-only", .. arguments]));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_folder_itself_may_be_the_repository()
    {
        _clones.Create("one");
        _clones.Publish("one");
        await using var tool = Tool.Start(_clones.At("one"), _clones.Environment, ["pull"]);

        (await tool.EndAsync()).StateOf(".").ShouldBe("updated");
    }
}
