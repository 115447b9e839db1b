using System.Diagnostics;
using System.Globalization;
using System.Text;
using ManyHands.Cli.Git;

namespace ManyHands.Cli.Rendering;

/// <summary>
/// For a person at a terminal: finished lines scroll up, below them a line of numbers and a row for each of the first running repositories. Drawn ten
/// times a second at most, each time in one write. Only <see cref="End"/> and the disposal wait for a terminal that takes nothing.
/// </summary>
internal sealed class TerminalReport : IPullReport
{
    private const int MostRows = 8;
    private const int LeastName = 12;

    // Rows must not wrap, or the way back up would be wrong. They are cut; but the window may be made narrower in between.
    private const string NoWrap = "\e[?7l";
    private const string Wrap = "\e[?7h";
    private const string EraseLine = "\e[K\n";

    private readonly Output _output;
    private readonly Screen _screen;
    private readonly Lock _writing = new(); // taken first; a terminal that is stopped (Ctrl-S) holds it for as long as it is
    private readonly Lock _drawing = new(); // never held while something is written: what is reported must not wait for the terminal
    private readonly StringBuilder _finishedLines = new();
    private readonly List<RunningRow> _running = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _redrawing;
    private readonly long _start = Stopwatch.GetTimestamp();
    private int _rowsOnScreen;
    private int _longestName;
    private int _total;
    private int _done;
    private Func<string>? _searching;
    private bool _hasEnded;

    public TerminalReport(Output output, Screen screen)
    {
        (_output, _screen) = (output, screen);
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
        {
            _searching = null;
            _total = repositories.Count;
            _longestName = repositories.Max(repository => Cells.Width(Output.Plain(repository.Name)));
        }
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
            _finishedLines.Append(text).Append('\n');
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
        }

        Draw();
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _redrawing.ConfigureAwait(false);
        _ending.Dispose();
        lock (_drawing)
            _hasEnded = true;
        Draw();
    }

    private async Task RedrawAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        try
        {
            while (await timer.WaitForNextTickAsync(_ending.Token).ConfigureAwait(false))
                Draw();
        }
        catch (OperationCanceledException)
        {
            // The end of the report.
        }
    }

    private void Draw()
    {
        lock (_writing)
        {
            string text;
            lock (_drawing)
                text = Compose();
            _output.Write(text);
        }
    }

    private string Compose()
    {
        var text = new StringBuilder();
        if (_rowsOnScreen > 0)
        {
            // Row by row: erasing all below the cursor makes some terminals keep what was there in what can be scrolled back to.
            string up = string.Create(CultureInfo.InvariantCulture, $"\e[{_rowsOnScreen}A");
            text.Append(up).Append('\r').Insert(text.Length, EraseLine, _rowsOnScreen).Append(up);
        }

        text.Append(_finishedLines);
        _finishedLines.Clear();
        string[] rows = _hasEnded || !_screen.CanMove ? [] : [.. LiveRows()];
        if (rows.Length > 0)
            text.Append(NoWrap).AppendJoin('\n', rows).Append('\n').Append(Wrap);
        _rowsOnScreen = rows.Length;
        return text.ToString();
    }

    /// <summary>What stands below the finished lines: no more than fits between them and the cursor, or it would leave litter behind when it is drawn again.</summary>
    private IEnumerable<string> LiveRows()
    {
        int room = Math.Min(1 + MostRows, _screen.Rows - 1);
        if (room <= 0)
            yield break;
        if (_searching is { } soFar)
            yield return Row("", "searching", $"  {soFar()} · {Seconds(_start)}", "1", "");
        else if (_total > 0)
            yield return Row("", "pulling", $"  {_done} of {_total} done · {_running.Count} running · {Seconds(_start)}", "1", "");
        foreach (var row in _running.Take(room - 1))
            yield return Row($"  {Name(row.Repository)}  {Seconds(row.Start),6}  ", "", row.Line, "", "2");
    }

    /// <summary>A row in three parts, cut at the edge of the window: one before it, since some terminals wrap when it is reached.</summary>
    private string Row(string start, string middle, string end, string middleColour, string endColour)
    {
        int width = _screen.Columns - 1;
        start = Cells.Cut(start, width);
        middle = Cells.Cut(middle, width - Cells.Width(start));
        end = Cells.Cut(end, width - Cells.Width(start) - Cells.Width(middle));
        return start + Colour(middleColour, middle) + Colour(endColour, end);
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

    /// <summary>As wide as the longest name, but a third of the window at most: one long name must not push everything else aside.</summary>
    private string Name(Repository repository)
    {
        int width = Math.Min(_longestName, Math.Max(LeastName, _screen.Columns / 3));
        return Cells.Pad(Cells.CutStart(Output.Plain(repository.Name), width), width);
    }

    private string Colour(string code, string text) => _screen.HasColour && code.Length > 0 && text.Length > 0 ? $"\e[{code}m{text}\e[0m" : text;

    private static string Seconds(long start) =>
        Stopwatch.GetElapsedTime(start).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + "s";

    private sealed record RunningRow(Repository Repository, long Start, string Line);
}
