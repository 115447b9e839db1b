using ManyHands.Advisor;
using static ManyHands.Lab.Reports.Quantity;

namespace ManyHands.Lab.Reports.Plots;

/// <summary>A bar for each way: its name above it, so that long names have room on a phone, and its figure at the end of that line.</summary>
internal static class BarChart
{
    private const double RowHeight = 34;
    private const double Right = Drawing.Width - 8;

    public static Drawing OfMemory(string name, string heading, ExperimentResult experiment, IReadOnlyList<WayResult> ways)
    {
        Unit unit = Unit.OfBytes(ways.Max(way => way.PeakBytes));
        return Draw(name, heading, $"memory, {unit.Name}", unit, experiment, [.. ways.Select(way => new Bar(way, way.PeakBytes, Bytes(way.PeakBytes), null))]);
    }

    public static Drawing OfTime(string name, string heading, ExperimentResult experiment, IReadOnlyList<WayResult> ways)
    {
        Unit unit = Unit.OfTime(ways.Max(way => way.Seconds.Median));
        return Draw(
            name, heading, $"time, {unit.Name}", unit, experiment,
            [.. ways.Select(way => new Bar(way, way.Seconds.Median, Time(way.Seconds.Median), way.Seconds))]);
    }

    public static Drawing OfSpeedUp(string name, string heading, ExperimentResult experiment, IReadOnlyList<WayResult> ways) => Draw(
        name, heading, "speed-up", new Unit("×", 1), experiment,
        [.. ways.Select(way => new Bar(way, experiment.SpeedUp(way), Ratio(experiment.SpeedUp(way)), null))]);

    private static Drawing Draw(string name, string heading, string label, Unit unit, ExperimentResult experiment, IReadOnlyList<Bar> bars)
    {
        var drawing = new Drawing(name, $"{experiment.Title}: {heading}", experiment.Title);
        double top = 30, bottom = top + (bars.Count * RowHeight) + 2;
        double most = bars.Max(bar => double.IsFinite(bar.Value) ? Math.Max(bar.Value, bar.Spread?.High ?? 0) : 0);
        var across = new LinearAxis(most, 0.5, Right, unit.Factor, endsAtTick: false);

        drawing.Heading(heading);
        foreach (double tick in across.Ticks)
        {
            double x = across.Place(tick);
            drawing.Line(x, top, x, bottom, "grid");
            drawing.Label(x, bottom + 15, Tick(tick * unit.Factor));
        }

        drawing.Label(Drawing.Width / 2, bottom + 31, label);
        for (int i = 0; i < bars.Count; i++)
            DrawBar(drawing, bars[i], top + (i * RowHeight), across);
        drawing.Line(0.5, top, 0.5, bottom, "axis");

        drawing.Height = bottom + 36;
        drawing.Description = string.Join("; ", bars.Select(bar => $"{Name(bar.Way)}: {bar.Text}{(bar.Way.IsRight ? "" : ", wrong result")}")) + ".";
        return drawing;
    }

    private static void DrawBar(Drawing drawing, Bar bar, double top, LinearAxis across)
    {
        int colour = Look.Of(bar.Way).Colour;
        string text = bar.Way.IsRight ? bar.Text : $"✗ wrong, {bar.Text}";
        drawing.Text(5, top + 14, Drawing.Fitting(Name(bar.Way), Drawing.Width - 13 - Drawing.TextWidth(text)));
        drawing.Text(Drawing.Width, top + 14, text, bar.Way.IsRight ? "end" : "bad-end");
        drawing.Box(0.5, top + 19, across.Place(bar.Value) - 0.5, 11, $"{(bar.Way.IsRight ? "fill" : "wrong")}{colour}", $"{Name(bar.Way)}: {text}");
        if (bar.Spread is not { } spread || spread.High <= spread.Low)
            return;
        double low = across.Place(spread.Low), high = across.Place(spread.High), middle = top + 24.5;
        drawing.Line(low, middle, high, middle, "spread");
        drawing.Line(low, middle - 3, low, middle + 3, "spread");
        drawing.Line(high, middle - 3, high, middle + 3, "spread");
    }

    private readonly record struct Bar(WayResult Way, double Value, string Text, Series? Spread);
}
