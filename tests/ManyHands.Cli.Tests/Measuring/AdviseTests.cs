using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ManyHands.Cli.Tests.Pulling;

namespace ManyHands.Cli.Tests.Measuring;

/// <summary>`hands advise`, run as a user runs it.</summary>
public sealed class AdviseTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(2);
    private static readonly string _assembly = typeof(AdviseTests).Assembly.Location;

    /// <summary>Waits; measured by its name.</summary>
    internal static void Wait(int milliseconds) => Task.Delay(milliseconds).Wait();

    [Fact]
    public async Task A_command_that_waits_gets_more_workers_than_cores_and_lines_to_paste()
    {
        ToolResult result = await RunAsync("sleep", ":::", "0.3", "0.3", "0.3", "0.3", "0.3", "0.3", "0.3", "0.3", "0.3");
        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldContain("sleep: I/O-bound");
        int workers = int.Parse(Regex.Match(result.Output, @"advice +(\d+) threads, about").Groups[1].Value, CultureInfo.InvariantCulture);
        workers.ShouldBeGreaterThan(Environment.ProcessorCount);
        result.Output.ShouldContain($"xargs -d '\\n' -P {workers} -n 1 sleep < inputs.txt");
        result.Output.ShouldContain($"new ThreadExecutor({workers})");
        result.Output.ShouldContain("ExternalCommand.Create(\"sleep\", input)");
    }

    [Fact]
    public async Task A_method_is_found_by_its_name_and_measured()
    {
        ToolResult result = await RunAsync("--json", "--method", _assembly, $"{typeof(AdviseTests).FullName}.{nameof(Wait)}", ":::", "100", "100", "100", "100");
        result.ExitCode.ShouldBe(0, result.Error);
        JsonElement root = JsonDocument.Parse(result.Output).RootElement;
        root.GetProperty("character").GetString().ShouldBe("ioBound");
        root.GetProperty("workers").GetInt32().ShouldBeGreaterThan(Environment.ProcessorCount);
        root.GetProperty("measurement").GetProperty("wall").GetProperty("median").GetDouble().ShouldBeGreaterThan(0.09);
    }

    [Fact]
    public async Task An_advice_can_be_tried()
    {
        ToolResult result = await RunAsync("--verify", "sleep", ":::", "0.05", "0.05", "0.05", "0.05");
        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldContain("tasks/s  advised");
        result.Output.ShouldContain("one after another");
    }

    [Fact]
    public async Task Options_of_the_command_are_its_own()
    {
        ToolResult result = await RunAsync("sh", "-c", "exit 0", "--json");
        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldStartWith("sh -c exit 0 --json: ");
    }

    [Fact]
    public async Task The_example_of_the_help_works_and_works_again()
    {
        ToolResult help = await RunAsync("--help");
        string example = help.Output.Split('\n').Select(line => line.Trim()).Single(line => line.StartsWith("hands advise gzip", StringComparison.Ordinal));
        DirectoryInfo folder = Directory.CreateTempSubdirectory("manyhands-test-");
        try
        {
            string logs = folder.CreateSubdirectory("logs").FullName;
            foreach (string name in (string[])["a.txt", "b.txt", "c.txt"])
                await File.WriteAllTextAsync(Path.Combine(logs, name), string.Join('\n', Enumerable.Range(0, 10_000)));
            string script = example.Replace("hands", $"'{Tool.Path}'", StringComparison.Ordinal);
            foreach (string tried in (string[])[script, script, script.Replace(" advise ", " advise --verify ", StringComparison.Ordinal)])
            {
                ToolResult result = await ShellAsync(tried, folder.FullName);
                result.ExitCode.ShouldBe(0, result.Error);
                result.Output.ShouldContain("  advice  ");
                result.Output.ShouldNotContain("only-once");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData]
    [InlineData("--json")]
    [InlineData("--verify")]
    [InlineData("--json", "--verify")]
    public async Task Work_that_fails_gets_no_advice_and_the_failure_comes_first(params string[] options)
    {
        ToolResult result = await RunAsync([.. options, "sh", "-c", "echo no ink >&2; exit 3"]);
        result.ExitCode.ShouldBe(1);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldStartWith("hands advise: 'sh -c 'echo no ink >&2; exit 3'' failed: exit code 3: no ink.");
        result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1);
    }

    [Theory]
    [InlineData("'{0}' advise grep -q ink < ink.txt", 0)]
    [InlineData("cat ink.txt | '{0}' advise --input - grep -q ink", 0)]
    [InlineData("'{0}' advise --input ink.txt grep -q ink", 0)]
    [InlineData("mkfifo pipe; cat ink.txt > pipe & exec '{0}' advise --input pipe grep -q ink", 0)]
    [InlineData("cat ink.txt | { exec 7<&0 </dev/null; exec '{0}' advise --input /dev/fd/7 grep -q ink; }", 0)]
    [InlineData("mkfifo pipe; exec 8<>pipe; exec '{0}' advise --timeout 0.5s --input pipe wc -c", 1)]
    [InlineData("mkfifo pipe; exec '{0}' advise --timeout 0.5s --input pipe wc -c", 1)]
    [InlineData("'{0}' advise grep -q ink < /dev/null", 1)]
    [InlineData("'{0}' advise grep -q ink <&-", 1)]
    [InlineData("'{0}' advise --ignore-failure grep -q ink < /dev/null", 0)]
    [InlineData("'{0}' advise --input missing.txt grep -q ink", 255)]
    public async Task A_command_reads_what_hands_is_given_in_every_run(string script, int exitCode)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("manyhands-test-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "ink.txt"), "ink\n");
            ToolResult result = await ShellAsync(script.Replace("{0}", Tool.Path, StringComparison.Ordinal), folder.FullName);
            result.ExitCode.ShouldBe(exitCode, result.Error);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task What_a_pipe_holds_already_is_read_by_every_run()
    {
        await using Tool tool = Tool.Start(Path.GetTempPath(), new Dictionary<string, string?>(), ["advise", "grep", "-q", "ink"]);
        await tool.Input.WriteAsync("ink\n"); // long before the tool has started
        tool.Input.Close();
        ToolResult result = await tool.EndAsync(_limit);
        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldContain("input      input.txt");
    }

    [Fact]
    public async Task A_pipe_that_nothing_comes_from_holds_up_nothing_and_what_comes_too_late_is_told()
    {
        await using Tool tool = Tool.Start(Path.GetTempPath(), new Dictionary<string, string?>(), ["advise", "sh", "-c", "cat; sleep 0.5"]);
        await Processes.Until(
            () => Processes.ChildrenOf(tool.Id).Any(pid => Processes.CommandOf(pid).StartsWith("sh\0-c\0cat", StringComparison.Ordinal)), "it does not run the command");
        await tool.Input.WriteAsync("too late");
        await tool.Input.FlushAsync();
        ToolResult result = await tool.EndAsync(_limit);
        result.ExitCode.ShouldBe(0, result.Error);
        result.Error.ShouldContain("what came later was not used");
        result.Output.ShouldContain("input      none");
    }

    [Theory]
    [InlineData(255, "about what?")]
    [InlineData(255, "about what?", "")]
    [InlineData(255, "there is no option", "--nothing", "true")]
    [InlineData(255, "there is no assembly 'missing.dll'", "--method", "missing.dll", "A.B")]
    [InlineData(1, "no-such-program", "no-such-program")]
    [InlineData(1, "did not end within", "--timeout", "200ms", "sleep", "60")]
    public async Task What_cannot_be_measured_is_told(int exitCode, string message, params string[] arguments)
    {
        ToolResult result = await RunAsync(arguments);
        result.ExitCode.ShouldBe(exitCode);
        result.Error.ShouldContain(message);
        result.Error.ShouldNotContain("   at ");
    }

    private static async Task<ToolResult> ShellAsync(string script, string folder)
    {
        await using Tool tool = Tool.Start(folder, new Dictionary<string, string?>(), ["-c", script], program: "sh");
        tool.Input.Close();
        return await tool.EndAsync(_limit);
    }

    private static async Task<ToolResult> RunAsync(params string[] arguments)
    {
        await using Tool tool = Tool.Start(Path.GetTempPath(), new Dictionary<string, string?>(), ["advise", .. arguments]);
        return await tool.EndAsync(_limit);
    }
}
