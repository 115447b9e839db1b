using System.Diagnostics;
using System.Globalization;
using System.Text;
using ManyHands.Cli.Git;

namespace ManyHands.Cli.Rendering;

/// <summary>
/// For a person at a terminal: finished lines scroll up, below them a line of numbers and a row for each of the first running repositories. Drawn ten
/// times a second at most, each time in one write.
/// </summary>
internal sealed class TerminalReport : IPullReport
{
    private const int Rows = 8;
    private const int WidestName = 44;

    // Rows must not wrap, or the way back up would be wrong; the terminal cuts them off itself, whatever its width.
    private const string NoWrap = "\e[?7l";
    private const string Wrap = "\e[?7h";
    private const string EraseBelow = "\e[J";

    private readonly Output _output;
    private readonly bool _isColoured;
    private readonly Lock _drawing = new();
    private readonly StringBuilder _finishedLines = new();
    private readonly List<RunningRow> _running = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _redrawing;
    private readonly long _start = Stopwatch.GetTimestamp();
    private int _rowsOnScreen;
    private int _nameWidth;
    private int _total;
    private int _done;
    private Func<string>? _searching;
    private bool _hasEnded;

    public TerminalReport(Output output, bool isColoured)
    {
        (_output, _isColoured) = (output, isColoured);
        _redrawing = RedrawAsync();
    }

    public bool WantsProgress => true;

    public void Searching(Func<string> soFar)
    {
        lock (_drawing)
            _searching = soFar;
    }

    public void Begin(IReadOnlyList<Repository> repositories)
    {
        lock (_drawing)
            _searching = null;
        _total = repositories.Count;
        _nameWidth = Math.Min(WidestName, repositories.Max(repository => repository.Name.Length));
    }

    public void Started(Repository repository)
    {
        lock (_drawing)
            _running.Add(new RunningRow(repository, Stopwatch.GetTimestamp(), ""));
    }

    public void Progress(Repository repository, string line)
    {
        lock (_drawing)
        {
            int row = _running.FindIndex(row => row.Repository == repository);
            if (row >= 0 && line.Trim().Length > 0)
                _running[row] = _running[row] with { Line = Output.Plain(line).Trim() };
        }
    }

    public void Postponed(Repository repository)
    {
        lock (_drawing)
            _running.RemoveAll(row => row.Repository == repository);
    }

    public void Finished(PullResult result)
    {
        lock (_drawing)
        {
            _running.RemoveAll(row => row.Repository == result.Repository);
            _done++;
            if (result.IsNotable)
                _finishedLines.Append(Line(result)).Append('\n');
        }
    }

    public void Notice(string text)
    {
        lock (_drawing)
        {
            _finishedLines.Append(text).Append('\n');
            Draw();
        }
    }

    public void End(PullSummary summary)
    {
        lock (_drawing)
        {
            if (summary.NeedCredentials.Count > 0)
            {
                _finishedLines.Append("Nobody could be asked for these credentials. To enter them:\n");
                foreach (var result in summary.NeedCredentials)
                    _finishedLines.Append(CultureInfo.InvariantCulture, $"  {CredentialHint.Command(result)}\n");
            }

            _finishedLines.Append(summary).Append('\n');
            _hasEnded = true;
            Draw();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _redrawing.ConfigureAwait(false);
        _ending.Dispose();
        lock (_drawing)
        {
            _hasEnded = true;
            Draw();
        }
    }

    private async Task RedrawAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        try
        {
            while (await timer.WaitForNextTickAsync(_ending.Token).ConfigureAwait(false))
            {
                lock (_drawing)
                    Draw();
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the report.
        }
    }

    private void Draw()
    {
        var text = new StringBuilder();
        if (_rowsOnScreen > 0)
            text.Append(CultureInfo.InvariantCulture, $"\e[{_rowsOnScreen}A\r{EraseBelow}");
        text.Append(_finishedLines);
        _finishedLines.Clear();
        _rowsOnScreen = 0;
        if (!_hasEnded && _searching is { } soFar)
        {
            text.Append(CultureInfo.InvariantCulture, $"{NoWrap}{Colour("1", "searching")}  {soFar()} · {Seconds(_start)}\n{Wrap}");
            _rowsOnScreen = 1;
        }
        else if (!_hasEnded && _total > 0)
        {
            text.Append(NoWrap).Append(CultureInfo.InvariantCulture,
                $"{Colour("1", "pulling")}  {_done} of {_total} done · {_running.Count} running · {Seconds(_start)}\n");
            foreach (var row in _running.Take(Rows))
                text.Append(CultureInfo.InvariantCulture, $"  {Name(row.Repository)}  {Seconds(row.Start),6}  {Colour("2", row.Line)}\n");
            text.Append(Wrap);
            _rowsOnScreen = 1 + Math.Min(Rows, _running.Count);
        }

        if (text.Length > 0)
            _output.Write(text.ToString());
    }

    private string Line(PullResult result)
    {
        string what = result.State == PullState.Updated && result.From is not null
            ? $"{result.From}..{result.To}  +{result.Commits} commit{(result.Commits == 1 ? "" : "s")}"
            : result.Message.Length == 0 ? result.State.Name() : $"{result.State.Name()}: {Output.Plain(result.Message)}";
        string colour = result.State switch
        {
            _ when result.State.IsFailure() => "31",
            _ when result.State.IsSkipped() => "33",
            _ => "32",
        };
        string time = result.Time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        return $"{Name(result.Repository)}  {Output.Plain(result.Branch ?? "-")}  {Colour(colour, what)}  {time}s";
    }

    private string Name(Repository repository) => Output.Plain(repository.Name).PadRight(_nameWidth);

    private string Colour(string code, string text) => _isColoured && text.Length > 0 ? $"\e[{code}m{text}\e[0m" : text;

    private static string Seconds(long start) =>
        Stopwatch.GetElapsedTime(start).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + "s";

    private sealed record RunningRow(Repository Repository, long Start, string Line);
}
