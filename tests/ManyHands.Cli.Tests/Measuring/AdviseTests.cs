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

    private static async Task<ToolResult> RunAsync(params string[] arguments)
    {
        await using Tool tool = Tool.Start(Path.GetTempPath(), new Dictionary<string, string?>(), ["advise", .. arguments]);
        return await tool.EndAsync(_limit);
    }
}
