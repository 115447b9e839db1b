using static ManyHands.Lab.Reports.Quantity;

namespace ManyHands.Lab.Reports.Plots;

/// <summary>Who ran what when: a row for each worker, a box for each task.</summary>
internal static class TimelineChart
{
    private const int MostWorkers = 16; // rows that can be told apart on a phone
    private const int MostWays = 3;
    private const double Left = 36;
    private const double Right = Drawing.Width - 10;

    private static readonly string[] _telling = ["serial", "threads", "processes"];

    /// <summary>The ways that tell most: one task after another, threads and processes with as many workers as can be shown.</summary>
    public static IReadOnlyList<WayResult> Telling(ExperimentResult experiment) =>
        [.. experiment.Ways
            .Where(way => way.Timeline.Count > 0 && way.Workers <= MostWorkers)
            .GroupBy(way => way.Label)
            .Select(kind => kind.MaxBy(way => way.Workers)!)
            .OrderBy(way => Array.IndexOf(_telling, way.Label) is >= 0 and var place ? place : _telling.Length)
            .Take(MostWays)];

    /// <summary>Draws one of them.</summary>
    /// <param name="name">Name of the plot.</param>
    /// <param name="experiment">The experiment.</param>
    /// <param name="way">The way.</param>
    /// <param name="most">End of the axis, in seconds: the same for all that are to be compared.</param>
    public static Drawing Of(string name, ExperimentResult experiment, WayResult way, double most)
    {
        string heading = $"Who ran what when: {Name(way)}";
        var drawing = new Drawing(name, $"{experiment.Title}: {heading}", experiment.Title);
        int rows = way.Timeline.Max(task => task.Worker) + 1;
        double height = Math.Clamp(180.0 / rows, 7, 22), top = 42, bottom = top + (rows * height) + 3;
        Unit unit = Unit.OfTime(most);
        var across = new LinearAxis(most, Left, Right, unit.Factor, endsAtTick: false);
        string said = $"{Count(way.Timeline.Count)} tasks, {(rows == 1 ? "one worker" : $"{Count(rows)} workers")}, {Time(way.Timeline.Max(task => task.End))}";

        drawing.Heading(heading);
        drawing.Text(0, 32, said, "small");
        foreach (double tick in across.Ticks)
        {
            double x = across.Place(tick);
            drawing.Line(x, top, x, bottom, "grid");
            drawing.Label(x, bottom + 15, Tick(tick * unit.Factor));
        }

        DrawRows(drawing, way, height, top, across);
        drawing.Line(Left, top, Left, bottom, "axis");
        if (rows * height >= 60)
            drawing.TextUpwards(10, (top + bottom) / 2, "worker", "small-middle");
        drawing.Label((Left + Right) / 2, bottom + 31, $"time, {unit.Name}");
        drawing.Height = bottom + 36;
        drawing.Description = $"{said}.";
        return drawing;
    }

    private static void DrawRows(Drawing drawing, WayResult way, double height, double top, LinearAxis across)
    {
        string look = $"fill{Look.Of(way).Colour}";
        int number = 0;
        foreach (TimelineTask task in way.Timeline)
        {
            number++;
            double from = across.Place(task.Start), to = across.Place(task.End);
            // A task of no time at all is still there.
            drawing.Box(
                from, top + (task.Worker * height) + 1.5, Math.Max(1, to - from), height - 2, look,
                $"task {Count(number)} on worker {Count(task.Worker + 1)}: {Time(task.Start)} to {Time(task.End)}");
        }

        int rows = way.Timeline.Max(task => task.Worker) + 1;
        int step = (int)Math.Ceiling(14 / height); // labels that do not touch
        for (int row = 0; row < rows; row += step)
            drawing.Text(Left - 5, top + (row * height) + (height / 2) + 4.5, Count(row + 1), "small-end");
    }
}
