using System.Globalization;
using ManyHands.Lab;

namespace ManyHands.Cli.Rendering;

/// <summary>
/// How far the lab is, on standard error: at a terminal one line that is written over again and again, else a line for each tenth.
/// </summary>
internal sealed class ProgressLine(Output output, Screen screen) : IProgress<LabProgress>, IDisposable
{
    private const int BarWidth = 20;

    private const string EraseLine = "\r\e[K";

    private int _tenth = -1;

    public void Report(LabProgress value)
    {
        double part = (double)value.Done / value.Total;
        string left = value.Left is { } time ? string.Create(CultureInfo.InvariantCulture, $"about {Math.Max(1, time.TotalSeconds):0} s left") : "";
        if (screen.CanMove)
        {
            // A line that wraps could not be written over.
            int full = (int)(part * BarWidth);
            string bar = new string('█', full) + new string('░', BarWidth - full);
            output.Write(EraseLine + Cells.Cut($"{bar} {left,-18} {Output.Plain(value.Doing)}", screen.Columns - 1));
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
        if (screen.CanMove)
            output.Write(EraseLine);
    }
}
