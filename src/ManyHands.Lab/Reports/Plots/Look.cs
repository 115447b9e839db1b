using static ManyHands.Lab.Reports.Quantity;

namespace ManyHands.Lab.Reports.Plots;

/// <summary>How a kind of worker is drawn: colour, marker and dash each differ, so that one of them is enough to tell it.</summary>
/// <param name="Colour">Number of the colour in <see cref="PlotStyle"/>.</param>
/// <param name="Marker">Number of the marker.</param>
/// <param name="Dash">Dash of its line, as SVG writes it; empty where it is not broken.</param>
internal readonly record struct Look(int Colour, int Marker, string Dash)
{
    private const double Size = 4.4;

    // What is the same worker looks the same in all plots of a report.
    private static readonly string[] _known = ["serial", "threads", "async", "contexts", "processes", "processes × threads"];
    private static readonly string[] _dashes = ["", "", "2 2.5", "7 3", "9 3 2 3", "4 2", "12 3"];

    /// <summary>Looks of lines in one plot, all different.</summary>
    public static IReadOnlyList<Look> Of(IReadOnlyList<string> labels)
    {
        Stack<int> free = new(Enumerable.Range(0, _known.Length + labels.Count).Where(i => i >= _known.Length || !labels.Contains(_known[i])).Reverse());
        return [.. labels.Select(label => Number(Array.IndexOf(_known, label) is >= 0 and var known ? known : free.Pop()))];
    }

    /// <summary>Look of one way where it stands beside others of its kind: bars and rows have names of their own.</summary>
    public static Look Of(WayResult way)
    {
        string kind = way.Kind.Split(',')[0];
        if (way.Workers == 1)
            return Number(0);
        return Number(Array.IndexOf(_known, kind) is >= 0 and var known ? known : _known.Length);
    }

    /// <summary>Draws the marker; hollow for a value that is an outlier.</summary>
    public void DrawMarker(Drawing drawing, double x, double y, bool isHollow = false, string? tip = null)
    {
        double size = isHollow ? Size - 1 : Size;
        drawing.Path(Outline(isHollow ? 0 : Marker, x, y, size), $"{(isHollow ? "hollow" : "dot")}{Place(Colour)}", tip);
    }

    private static Look Number(int number) => new(
        number % PlotStyle.Colours,
        (number + (number / PlotStyle.Colours)) % 7,
        _dashes[(number + (2 * (number / PlotStyle.Colours))) % _dashes.Length]);

    private static string Outline(int marker, double x, double y, double size)
    {
        return marker switch
        {
            0 => $"M{At(-1, 0)}a{Place(size)} {Place(size)} 0 1 0 {Place(2 * size)} 0a{Place(size)} {Place(size)} 0 1 0 {Place(-2 * size)} 0z",
            1 => Polygon((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
            2 => Polygon((0, -1.25), (1.15, 0.85), (-1.15, 0.85)),
            3 => Polygon((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
            4 => Polygon((0, 1.25), (1.15, -0.85), (-1.15, -0.85)),
            5 => Polygon((-1.3, -0.6), (1.3, -0.6), (1.3, 0.6), (-1.3, 0.6)),
            _ => Polygon((-0.6, -1.3), (0.6, -1.3), (0.6, 1.3), (-0.6, 1.3)),
        };

        string Polygon(params (double X, double Y)[] corners) => $"M{string.Join('L', corners.Select(corner => At(corner.X, corner.Y)))}z";

        string At(double right, double down) => $"{Place(x + (right * size))} {Place(y + (down * size))}";
    }
}
