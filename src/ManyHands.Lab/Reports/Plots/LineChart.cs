using ManyHands.Advisor;
using static ManyHands.Lab.Reports.Quantity;

namespace ManyHands.Lab.Reports.Plots;

/// <summary>Time, or speed-up, against the number of workers: a line for each kind of worker.</summary>
/// <remarks>
/// The horizontal axis doubles. That of time begins at 0, so that half the time is half the height; that of speed-up doubles too, so that the ideal, twice
/// as fast with twice the workers, is a straight line.
/// </remarks>
internal sealed class LineChart
{
    private const double Left = 46;
    private const double Right = Drawing.Width - 12;
    private const double PlotHeight = 210;
    private const double Dodge = 3.5; // what lies at the same place is drawn beside one another

    private readonly Drawing _drawing;
    private readonly ExperimentResult _experiment;
    private readonly IReadOnlyList<WayResult> _ways;
    private readonly int _cores;
    private readonly bool _isSpeedUp;

    private LineChart(Drawing drawing, ExperimentResult experiment, IReadOnlyList<WayResult> ways, int cores, bool isSpeedUp) =>
        (_drawing, _experiment, _ways, _cores, _isSpeedUp) = (drawing, experiment, ways, cores, isSpeedUp);

    public static Drawing OfTime(string name, string heading, ExperimentResult experiment, IReadOnlyList<WayResult> ways, int cores) =>
        new LineChart(new Drawing(name, $"{experiment.Title}: {heading}", experiment.Title), experiment, ways, cores, isSpeedUp: false).Draw(heading);

    public static Drawing OfSpeedUp(string name, string heading, ExperimentResult experiment, IReadOnlyList<WayResult> ways, int cores) =>
        new LineChart(new Drawing(name, $"{experiment.Title}: {heading}", experiment.Title), experiment, ways, cores, isSpeedUp: true).Draw(heading);

    private Drawing Draw(string heading)
    {
        IGrouping<string, WayResult>[] kinds = [.. _ways.GroupBy(way => way.Label)];
        IReadOnlyList<Look> looks = Look.Of([.. kinds.Select(kind => kind.Key)]);
        _drawing.Heading(heading);
        double top = Legend.Draw(_drawing, 24, [.. kinds.Zip(looks, (kind, look) => (look, kind.Key))], _isSpeedUp) + 20;
        double bottom = top + PlotHeight;

        int[] counts = [.. _ways.Select(way => Math.Max(1, way.Workers)).Distinct().Order()];
        var across = new DoublingAxis(counts[0], counts[^1], Left + 14, Right - 14, [.. counts.Select(count => (double)count)]);
        (Axis up, string label) = _isSpeedUp ? SpeedUpAxis(top, bottom) : TimeAxis(top, bottom);
        DrawAxes(across, up, top, bottom, label);
        if (_isSpeedUp)
            DrawIdeal(across, (DoublingAxis)up);
        for (int i = 0; i < kinds.Length; i++)
            DrawKind([.. kinds[i].OrderBy(way => way.Workers)], looks[i], (i - ((kinds.Length - 1) / 2.0)) * Dodge, across, up);

        _drawing.Height = bottom + 38;
        _drawing.Description = string.Join("; ", _ways.Select(way => $"{Name(way)}: {Shown(way.Seconds.Median, way)}")) + ".";
        return _drawing;
    }

    private (Axis Axis, string Label) TimeAxis(double top, double bottom)
    {
        double most = _ways.Max(way => way.Seconds.High);
        // One value far off must not make all others flat: beyond twice the rest it is drawn at the edge.
        most = Math.Max(most, _ways.SelectMany(way => way.Seconds.Outliers).Where(value => value <= 2 * most).DefaultIfEmpty().Max());
        Unit unit = Unit.OfTime(most);
        return (new LinearAxis(most * 1.02, bottom, top, unit.Factor), $"time, {unit.Name}");
    }

    private (Axis Axis, string Label) SpeedUpAxis(double top, double bottom)
    {
        double[] values = [.. _ways.Select(_experiment.SpeedUp).Where(value => double.IsFinite(value) && value > 0), 1];
        return (new DoublingAxis(values.Min(), Math.Max(2, values.Max()), bottom, top), "speed-up");
    }

    private void DrawAxes(DoublingAxis across, Axis up, double top, double bottom, string label)
    {
        foreach (double tick in up.Ticks)
        {
            double y = up.Place(tick);
            _drawing.Line(Left, y, Right, y, "grid");
            _drawing.Text(Left - 6, y + 4, _isSpeedUp ? $"{Tick(tick)}×" : Tick(tick * Unit.OfTime(up.Ticks[^1]).Factor), "small-end");
        }

        _drawing.TextUpwards(10, (top + bottom) / 2, label, "small-middle");
        double last = double.NegativeInfinity;
        foreach (double count in across.Ticks)
        {
            double x = across.Place(count);
            _drawing.Line(x, bottom, x, bottom + 4, "axis");
            if (x - last < 26)
                continue; // the next label would touch it
            _drawing.Label(x, bottom + 17, Tick(count));
            last = x;
        }

        _drawing.Line(Left, bottom, Right, bottom, "axis");
        _drawing.Label((Left + Right) / 2, bottom + 33, "workers");
        if (_cores < across.Least || _cores > across.Most)
            return;
        double at = across.Place(_cores);
        string cores = _cores == 1 ? "1 core" : $"{Tick(_cores)} cores";
        _drawing.Line(at, top - 4, at, bottom, "mark");
        _drawing.Label(at, top - 8, cores);
    }

    private void DrawIdeal(DoublingAxis across, DoublingAxis up)
    {
        double from = Math.Max(across.Least, up.Least), to = Math.Min(across.Most, up.Most);
        if (from < to)
            _drawing.Line(across.Place(from), up.Place(from), across.Place(to), up.Place(to), "ideal");
    }

    private void DrawKind(WayResult[] ways, Look look, double aside, DoublingAxis across, Axis up)
    {
        WayResult[] drawn = [.. ways.Where(way => double.IsFinite(Of(way.Seconds.Median, way)))];
        (double X, double Y)[] points = [.. drawn.Select(way => (X(way), up.Place(Of(way.Seconds.Median, way))))];
        if (points.Length > 1)
            _drawing.Lines(points, $"line{look.Colour}", look.Dash);
        else if (points.Length == 1 && drawn[0].Workers == 1)
            _drawing.Line(points[0].X, points[0].Y, Right, points[0].Y, $"whisker{look.Colour}"); // the baseline, to compare the others with

        foreach ((WayResult way, (double x, double y)) in drawn.Zip(points))
        {
            DrawSpread(way, x, look, up);
            look.DrawMarker(_drawing, x, y, tip: $"{Name(way)}: {Shown(way.Seconds.Median, way)}, half of the rounds between {Between(way)}");
        }

        double X(WayResult way) => across.Place(Math.Max(1, way.Workers)) + aside;
    }

    private void DrawSpread(WayResult way, double x, Look look, Axis up)
    {
        Series seconds = way.Seconds;
        double low = up.Place(Of(seconds.Low, way)), high = up.Place(Of(seconds.High, way));
        string whisker = $"whisker{look.Colour}";
        _drawing.Line(x, low, x, high, whisker);
        _drawing.Line(x - 3, low, x + 3, low, whisker);
        _drawing.Line(x - 3, high, x + 3, high, whisker);
        foreach (double outlier in seconds.Outliers)
            look.DrawMarker(_drawing, x, up.Place(Of(outlier, way)), isHollow: true, $"{Name(way)}: one round with {Shown(outlier, way)}");
    }

    // The height that a time stands for. A speed-up is over the median of the baseline, as in the table.
    private double Of(double seconds, WayResult way) => _isSpeedUp ? _experiment.SpeedUp(way) * way.Seconds.Median / seconds : seconds;

    private string Shown(double seconds, WayResult way) => _isSpeedUp ? Ratio(Of(seconds, way)) : Time(seconds);

    private string Between(WayResult way) => _isSpeedUp
        ? $"{Shown(way.Seconds.High, way)} and {Shown(way.Seconds.Low, way)}"
        : $"{Shown(way.Seconds.Low, way)} and {Shown(way.Seconds.High, way)}";
}
