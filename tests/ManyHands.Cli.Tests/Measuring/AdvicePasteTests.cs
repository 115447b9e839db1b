using System.Diagnostics;
using System.Text.Json;
using ManyHands.Advisor;
using ManyHands.Cli.Commands;
using ManyHands.Cli.Rendering;

namespace ManyHands.Cli.Tests.Measuring;

/// <summary>What advice says, and what it hands over to be pasted, from measurements that nobody made.</summary>
public sealed class AdvicePasteTests
{
    private static readonly MachineFacts _machine = new(2, 4L << 30, 1000);

    [Theory]
    [InlineData("echo", "__name__", "{x,y}", "a b", "$(touch x)", "it's", "\"")]
    [InlineData("echo", "{}", "@1@", "%", "{}{a}")]
    [InlineData("printf", "%s|", "", "a\tb", "ümläut", "\\", "*", "~")]
    public void The_line_of_shell_runs_the_command_as_it_is(params string[] words)
    {
        string line = Paste([.. words])[0];
        line.ShouldStartWith("seq 100 | xargs -P 3 ");
        (string direct, _) = Run(words[0], words[1..]);
        (string pasted, string error) = Run("bash", ["-c", line.Replace("seq 100", "seq 2", StringComparison.Ordinal)]);
        error.ShouldBeEmpty();
        pasted.ShouldBe(direct + direct);
    }

    [Theory]
    [InlineData("echo", "<{}>", "-{}-")]
    [InlineData("echo", "-n", "__")]
    public void The_line_of_shell_puts_inputs_where_they_were(params string[] words)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("manyhands-test-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "inputs.txt"), "a b\n'c\n");
            var template = new CommandTemplate(words, ["a b"]);
            string line = AdvicePaste.Of(AdviceOn(template), Line(template))[0].Replace("-P 3", "-P 1", StringComparison.Ordinal);
            (string pasted, string error) = Run("bash", ["-c", line], folder.FullName);
            error.ShouldBeEmpty();
            pasted.ShouldBe(words[1] == "-n" ? "__ a b__ 'c" : "<a b> -a b-\n<'c> -'c-\n");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_time_limit_and_the_input_of_the_trial_are_in_the_lines()
    {
        string[] words = ["grep", "-c", "ink"];
        IReadOnlyList<string> both = Paste(words, line => line with { Timeout = TimeSpan.FromSeconds(2.5), InputName = "my file" });
        both[0].ShouldBe("seq 100 | xargs -P 3 -I{} sh -c 'exec \"$@\" < '\\''my file'\\''' sh timeout 2.5s grep -c ink");
        both[2].ShouldContain("(ExternalCommand.Create(\"grep\", \"-c\", \"ink\") with { Timeout = TimeSpan.FromSeconds(2.5), InputFile = \"my file\" }).RunAsync()");
        string.Join('\n', Paste(words)).ShouldNotContain("imeout");

        Advice method = Advice.From(Measured(new Series(0.1)) with { IsCommand = false }, _machine);
        AdviseCommandLine line = new() { Method = new MethodAddress("a.dll", "App.Work"), Timeout = TimeSpan.FromSeconds(5) };
        AdvicePaste.Of(method, line)[1].ShouldContain("App.Work, new MapOptions { Timeout = TimeSpan.FromSeconds(5) })");
    }

    [Fact]
    public void Neither_text_nor_JSON_ever_says_that_a_figure_is_not_a_number()
    {
        double[] odd = [0, 1e-12, 1e-3, 1, 1e9];
        var verifications = new List<Verification?> { null };
        foreach (double rate in odd)
            verifications.Add(new Verification([new(WorkerKind.Threads, 3, rate) { Tasks = 9, Failed = 3, Failure = "no ink" }, new(WorkerKind.Serial, 1, rate)]));
        var template = new CommandTemplate(["work"], []);
        foreach ((double wall, double cpu, double ready) in odd.SelectMany(wall => odd.SelectMany(cpu => odd.Select(ready => (wall, cpu, ready)))))
        {
            foreach (Verification? verification in verifications)
            {
                foreach (RampStep[] ramp in (RampStep[][])[[], [new(1, 0)], [new(2, wall)]])
                {
                    Measurement measurement = Measured(new Series(wall)) with { Cpu = new Series(cpu), Ready = new Series(ready), Ramp = ramp };
                    Advice advice = Advice.From(measurement, _machine);
                    string text = AdviceText.Of(advice, verification, Line(template));
                    text.ShouldNotContain("NaN");
                    text.ShouldNotContain("∞");
                    JsonDocument.Parse(AdviceJson.Write(advice, verification)).RootElement.GetProperty("workers").GetInt32().ShouldBeGreaterThan(0);
                }
            }
        }
    }

    [Fact]
    public void A_way_in_which_tasks_failed_is_marked_and_called_neither_advised_nor_fastest()
    {
        var verification = new Verification(
            [new(WorkerKind.Threads, 8, 50) { Tasks = 100, Failed = 60, Failure = "exit code 22" }, new(WorkerKind.Threads, 4, 20), new(WorkerKind.Serial, 1, 5)]);
        var template = new CommandTemplate(["work"], []);
        string text = AdviceText.Of(verification.Correct(AdviceOn(template)), verification, Line(template));
        text.ShouldContain("advice     4 threads, 4.0× as fast as one after another when it was tried");
        text.ShouldContain("failed: 60 of 100, exit code 22");
        text.ShouldContain("this is the fastest way in which none did: 4 threads.");
    }

    private static IReadOnlyList<string> Paste(string[] words, Func<AdviseCommandLine, AdviseCommandLine>? change = null)
    {
        var template = new CommandTemplate(words, []);
        return AdvicePaste.Of(AdviceOn(template), change is null ? Line(template) : change(Line(template)));
    }

    private static AdviseCommandLine Line(CommandTemplate template) => new() { Command = template, Inputs = template.Inputs };

    private static Advice AdviceOn(CommandTemplate template) =>
        Advice.From(Measured(new Series(1)) with { Work = string.Join(' ', template.Words), Cpu = new Series(0.7) }, _machine);

    private static Measurement Measured(Series wall) => new() { Work = "work", IsCommand = true, Wall = wall, Cpu = new Series(0.01) };

    private static (string Output, string Error) Run(string program, string[] arguments, string? folder = null)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? "" })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output, error.GetAwaiter().GetResult());
    }
}
