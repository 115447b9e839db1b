using System.Globalization;
using ManyHands.Lab;

namespace ManyHands.Cli.Rendering;

/// <summary>
/// How far the lab is, on standard error: at a terminal one line that is written over again and again, else a line for each tenth.
/// </summary>
internal sealed class ProgressLine(Output output, bool isTerminal) : IProgress<LabProgress>, IDisposable
{
    private const int BarWidth = 20;

    // A line that wraps could not be written over; the terminal cuts it off itself, whatever its width.
    private const string NoWrap = "\e[?7l";
    private const string Wrap = "\e[?7h";
    private const string EraseLine = "\r\e[K";

    private int _tenth = -1;

    public void Report(LabProgress value)
    {
        double part = (double)value.Done / value.Total;
        string left = value.Left is { } time ? string.Create(CultureInfo.InvariantCulture, $"about {Math.Max(1, time.TotalSeconds):0} s left") : "";
        if (isTerminal)
        {
            int full = (int)(part * BarWidth);
            string bar = new string('█', full) + new string('░', BarWidth - full);
            output.Write($"{NoWrap}{EraseLine}{bar} {left,-18} {value.Doing}{Wrap}");
            return;
        }

        int tenth = (int)(part * 10);
        if (tenth == _tenth)
            return;
        _tenth = tenth;
        output.Write($"{10 * tenth} %{(left.Length > 0 ? ", " : "")}{left}\n");
    }

    public void Dispose()
    {
        if (isTerminal)
            output.Write(EraseLine);
    }
}
