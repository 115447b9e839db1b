using System.Text.Json;
using ManyHands.Cli.Tests.Pulling;

namespace ManyHands.Cli.Tests.Measuring;

/// <summary>`hands lab`, run as a user runs it.</summary>
public sealed class LabTests : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(3);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("manyhands-test-");

    [Fact]
    public async Task A_table_a_verdict_and_the_path_of_the_report_are_printed()
    {
        ToolResult result = await RunAsync("--only", "sleep", "--workers", "2", "--rounds", "1", "--no-others", "--report", "report.html", "--plots", "plots");
        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldContain("16 tasks that wait 20 ms");
        result.Output.ShouldContain("Verdict");
        result.Output.ShouldContain("Not judged, because there are fewer than 3 undisturbed rounds: 16 tasks that wait 20 ms.");
        result.Output.ShouldNotContain("For work that waits: ");
        result.Output.ShouldNotContain("±");
        result.Output.IndexOf("Only 1 complete round", StringComparison.Ordinal).ShouldBeInRange(0, result.Output.IndexOf("workers", StringComparison.Ordinal));
        string report = Path.Combine(_folder.FullName, "report.html");
        result.Output.ShouldContain(report);
        (await File.ReadAllTextAsync(report)).ShouldContain("16 tasks that wait 20 ms");
        Directory.GetFiles(Path.Combine(_folder.FullName, "plots"), "*.svg").ShouldNotBeEmpty();
        result.Error.ShouldContain("0 %"); // how far it is, as lines, since this is no terminal
    }

    [Fact]
    public async Task As_JSON_it_is_one_object_and_nothing_else()
    {
        ToolResult result = await RunAsync("--only", "sleep", "--workers", "2", "--rounds", "1", "--no-others", "--json");
        result.ExitCode.ShouldBe(0, result.Error);
        JsonElement root = JsonDocument.Parse(result.Output).RootElement;
        JsonElement experiment = root.GetProperty("experiments")[0];
        experiment.GetProperty("ways").EnumerateArray().ShouldContain(way => way.GetProperty("kind").GetString() == "threads" && way.GetProperty("seconds").GetProperty("median").GetDouble() > 0);
        root.GetProperty("verdict").GetArrayLength().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task The_report_may_be_standard_output()
    {
        ToolResult result = await RunAsync("--only", "sleep", "--workers", "2", "--rounds", "1", "--no-others", "-o", "-");
        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldStartWith("<!");
        result.Output.TrimEnd().ShouldEndWith("</html>");
        result.Error.ShouldContain("Verdict");
        _folder.GetFileSystemInfos().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_report_that_cannot_be_written_is_told_and_the_table_is_there_all_the_same()
    {
        ToolResult result = await RunAsync("--only", "sleep", "--workers", "2", "--rounds", "1", "--no-others", "-o", "/dev/full");
        result.ExitCode.ShouldBe(254);
        result.Output.ShouldContain("Verdict");
        result.Error.ShouldContain("'/dev/full' could not be written: No space left on device");
    }

    [Fact]
    public async Task On_a_dumb_terminal_there_are_no_escape_sequences()
    {
        string command = ExternalCommand.Create(
            Tool.Path, "lab", "--only", "sleep", "--workers", "2", "--rounds", "1", "--no-others").ToString();
        await using Tool terminal = Tool.Start(_folder.FullName, new Dictionary<string, string?> { ["TERM"] = "dumb" }, ["-qec", command, "/dev/null"], "script");
        ToolResult result = await terminal.EndAsync(_limit);
        result.ExitCode.ShouldBe(0);
        result.Output.ShouldContain("Verdict");
        result.Output.ShouldNotContain("\e");
    }

    [Fact]
    public async Task The_experiments_are_listed()
    {
        ToolResult result = await RunAsync("--list");
        result.ExitCode.ShouldBe(0, result.Error);
        foreach (string name in (string[])["countdown", "sha256", "pull", "race", "held"])
            result.Output.ShouldContain(name);
    }

    [Theory]
    [InlineData("there is no experiment 'nothing'", "--only", "nothing")]
    [InlineData("--workers wants numbers", "--workers", "1,x")]
    [InlineData("'sleep' is nothing that is asked for", "sleep")]
    [InlineData("the report cannot be written to", "--report", "missing/report.html")]
    [InlineData("It is a folder", "--report", "/tmp")]
    [InlineData("both take standard output", "--json", "-o", "-")]
    [InlineData("there is no option", "--nothing")]
    public async Task Wrong_usage_is_told_at_once(string message, params string[] arguments)
    {
        ToolResult result = await RunAsync(arguments);
        result.ExitCode.ShouldBe(255);
        result.Error.ShouldContain(message);
        result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1);
        result.Output.ShouldBeEmpty();
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<ToolResult> RunAsync(params string[] arguments)
    {
        await using Tool tool = Tool.Start(_folder.FullName, new Dictionary<string, string?>(), ["lab", .. arguments]);
        return await tool.EndAsync(_limit);
    }
}
