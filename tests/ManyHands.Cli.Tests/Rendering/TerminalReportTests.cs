using System.Text;
using System.Text.RegularExpressions;
using ManyHands.Cli.Git;
using ManyHands.Cli.Rendering;

namespace ManyHands.Cli.Tests.Rendering;

/// <summary>A pull on terminals of all sizes.</summary>
public sealed class TerminalReportTests
{
    private readonly StringBuilder _written = new();

    [Theory]
    [InlineData(80, 24)]
    [InlineData(80, 5)]
    [InlineData(80, 3)]
    [InlineData(80, 2)]
    [InlineData(20, 4)]
    [InlineData(7, 4)]
    [InlineData(80, 1)]
    public async Task What_runs_never_takes_more_rows_or_columns_than_the_window_has(int columns, int rows)
    {
        await ReportAsync(Screen.Sized(columns, rows), report =>
        {
            foreach (Repository repository in Repositories("日本語", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"))
            {
                report.Started(repository);
                report.Progress(repository, "receiving 日本語 objects: " + new string('x', 300));
            }

            report.Notice("drawn");
            SpinWait.SpinUntil(() => Written().Contains("drawn", StringComparison.Ordinal), TimeSpan.FromSeconds(60)).ShouldBeTrue();
            report.Notice("again"); // over what stands there
            SpinWait.SpinUntil(() => Written().Contains("again", StringComparison.Ordinal), TimeSpan.FromSeconds(60)).ShouldBeTrue();
        });

        MatchCollection blocks = Regex.Matches(_written.ToString(), @"\e\[\?7l(.*?)\e\[\?7h", RegexOptions.Singleline);
        if (rows > 1)
            blocks.Count.ShouldBeGreaterThan(0);
        foreach (string block in blocks.Select(block => block.Groups[1].Value))
        {
            string[] lines = block.Split('\n');
            lines.Length.ShouldBeLessThanOrEqualTo(rows, "the last is the cursor's");
            lines.Max(Cells.Width).ShouldBeLessThan(columns);
        }

        foreach (Match up in Regex.Matches(_written.ToString(), @"\e\[(\d+)A"))
            int.Parse(up.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture).ShouldBeLessThan(rows);
    }

    [Fact]
    public async Task One_long_name_does_not_widen_all_lines()
    {
        string longName = "group/" + string.Concat(Enumerable.Repeat("日本", 30)) + "/the-end";
        await FinishAsync(Screen.Sized(90, 24), "short", longName);

        string[] lines = Finished();
        lines[0].ShouldStartWith("short" + new string(' ', 25) + "  main  updated");
        lines[1].ShouldMatch("^….*/the-end +main  updated");
        Cells.Width(lines[1][..lines[1].IndexOf("  main", StringComparison.Ordinal)]).ShouldBe(30);
    }

    [Fact]
    public async Task Lines_stand_below_each_other_whatever_letters_names_have()
    {
        await FinishAsync(Screen.Sized(100, 24), "日本語", "cafe\u0301", "plain-name");

        Finished().Select(line => Cells.Width(line[..line.IndexOf("  main", StringComparison.Ordinal)])).ShouldBe([10, 10, 10]);
    }

    [Fact]
    public async Task A_dumb_terminal_gets_lines_and_nothing_else()
    {
        await FinishAsync(Screen.Sized(80, 24, "dumb", noColour: null), "one", "two");

        _written.ToString().ShouldNotContain("\e");
        _written.ToString().ShouldNotContain("pulling");
        Finished().Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_terminal_that_takes_nothing_for_now_holds_up_nobody()
    {
        TimeSpan limit = TimeSpan.FromSeconds(60);
        using ManualResetEventSlim isStopped = new(), goesOn = new();
        var report = new TerminalReport(
            new Output(bytes =>
            {
                isStopped.Set();
                goesOn.Wait(limit).ShouldBeTrue();
                Write(bytes);
            }),
            Screen.Sized(80, 24));
        await using (report)
        {
            Repository[] repositories = Repositories("one", "two");
            report.Begin(repositories);
            report.Started(repositories[0]);
            isStopped.Wait(limit).ShouldBeTrue();
            try
            {
                Task work = Task.Run(() =>
                {
                    report.Started(repositories[1]);
                    report.Progress(repositories[1], "receiving");
                    report.Postponed(repositories[1]);
                    report.Finished(new PullResult(repositories[0], PullState.Updated) { Branch = "main" });
                    report.Notice("finishing 1.");
                });
                await work.WaitAsync(limit);
            }
            finally
            {
                goesOn.Set();
            }

            report.End(new PullSummary());
        }

        _written.ToString().ShouldContain("finishing 1.");
        Finished().Length.ShouldBe(1);
    }

    [Theory]
    [InlineData("a\u202Ebc", "a bc")]
    [InlineData("\u200E\u200F\u061C\u2066\u2069", "     ")]
    [InlineData("\e]0;title\a", " ]0;title ")]
    [InlineData("zero\u200Bwidth\uFEFF soft\u00AD", "zero width  soft ")]
    [InlineData("日本語 e\u0301 \u200D", "日本語 e\u0301 \u200D")]
    public void What_could_turn_or_move_what_is_shown_becomes_a_blank(string text, string shown) => Output.Plain(text).ShouldBe(shown);

    private static Repository[] Repositories(params string[] names) =>
        [.. names.Select(name => new Repository(name, "/" + name, RepositoryKind.Clone, $"/{name}/.git", $"/{name}/.git"))];

    private string[] Finished() => [.. _written.ToString().Split('\n').Where(line => line.Contains("  main  updated", StringComparison.Ordinal))];

    private Task FinishAsync(Screen screen, params string[] names) => ReportAsync(screen, report =>
    {
        Repository[] repositories = Repositories(names);
        report.Begin(repositories);
        foreach (Repository repository in repositories)
        {
            report.Started(repository);
            report.Finished(new PullResult(repository, PullState.Updated) { Branch = "main" });
        }

        report.End(new PullSummary());
    });

    private string Written()
    {
        lock (_written)
            return _written.ToString();
    }

    private void Write(byte[] bytes)
    {
        lock (_written)
            _written.Append(Encoding.UTF8.GetString(bytes));
    }

    private async Task ReportAsync(Screen screen, Action<IPullReport> use)
    {
        var report = new TerminalReport(new Output(Write), screen);
        await using (report)
        {
            report.Begin(Repositories("one"));
            use(report);
        }
    }
}
