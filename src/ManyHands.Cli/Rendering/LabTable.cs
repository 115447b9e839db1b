using System.Globalization;
using System.Text;
using ManyHands.Lab;

namespace ManyHands.Cli.Rendering;

/// <summary>The lab's result as text: a table for each experiment, then the verdict.</summary>
internal static class LabTable
{
    private const string Good = "32";
    private const string Bad = "31";

    public static string List(IReadOnlyList<Experiment> experiments, Screen screen)
    {
        var table = new TextTable(
            new TableColumn("name"), new TableColumn("experiment") { Wraps = true }, new TableColumn("what it shows") { Wraps = true, Rank = 1 },
            new TableColumn("classic in") { Wraps = true, Rank = 2 });
        foreach (Experiment experiment in experiments)
        {
            table.Add(
                new TableCell(experiment.IsQuick ? experiment.Name : $"{experiment.Name} *"), new TableCell(experiment.Title), new TableCell(experiment.Shows),
                new TableCell(experiment.Classic));
        }

        return table.Draw(screen) + "* only with --full, or when named with --only\n";
    }

    public static string Of(LabResult result, IReadOnlyList<string> verdict, Screen screen)
    {
        var text = new StringBuilder();
        if (result.Notes.Count > 0)
            text.Append(Heading("Caveats", screen));
        foreach (string note in result.Notes)
            Append(text, "! ", note, screen);
        foreach (ExperimentResult experiment in result.Experiments)
            Append(text, experiment, screen);
        text.Append('\n').Append(Heading("Verdict", screen));
        foreach (string sentence in verdict)
            Append(text, "• ", sentence, screen);
        text.Append('\n');
        Append(
            text, "",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{result.Machine.Cores} cores, {result.Machine.Runtime}; {result.Rounds} complete {(result.Rounds == 1 ? "round" : "rounds")}, medians; took {result.Took.TotalSeconds:0} s."),
            screen);
        foreach (string runtime in result.Runtimes)
            Append(text, "", runtime, screen);
        return text.ToString();
    }

    private static void Append(StringBuilder text, ExperimentResult experiment, Screen screen)
    {
        text.Append('\n').Append(Heading(experiment.Title, screen));
        if (experiment.Ways.Count > 0)
            text.Append((experiment.IsAboutMemory ? MemoryTable(experiment) : TimeTable(experiment)).Draw(screen));
        foreach (string reason in experiment.LeftOut)
            Append(text, "  ", $"left out: {reason}", screen);
    }

    private static TextTable TimeTable(ExperimentResult experiment)
    {
        var table = new TextTable(
            new TableColumn("workers"), Number("#"), Number("time"), Number("spread", 2), Number("speed-up"), Number("CPU", 3), Number("switches", 5),
            Number("memory", 4));
        double fastest = experiment.Ways.Where(way => way.Carries).Select(experiment.SpeedUp).Where(double.IsFinite).DefaultIfEmpty(double.PositiveInfinity).Max();
        foreach (WayResult way in experiment.Ways)
        {
            table.Add(
                new TableCell(way.Label),
                Cell($"{way.Workers}"),
                new TableCell(Milliseconds(way.Seconds.Median)),
                Spread(way),
                SpeedUp(way, experiment.SpeedUp(way), fastest),
                new TableCell(way.CpuSeconds is { } cpu ? Milliseconds(cpu) : "–"),
                Cell($"{way.VoluntarySwitches + way.InvoluntarySwitches:0}"),
                new TableCell(Memory(way)));
        }

        return table;
    }

    // Fewer than three rounds do not tell how much figures vary.
    private static TableCell Spread(WayResult way) => way switch
    {
        { UndisturbedRounds: 0 } => Cell($"disturbed"),
        { Seconds.Values.Count: 1 } => Cell($"1 round"),
        { Seconds.Values.Count: < LabResult.LeastRounds and var rounds } => Cell($"{rounds} rounds"),
        _ => Cell($"±{100 * way.Seconds.Spread / 2:0} %"),
    };

    private static TableCell SpeedUp(WayResult way, double speedUp, double fastest) => way switch
    {
        { IsRight: false } => Cell($"wrong: {way.Value:#,0}", Bad),
        { IsUnguarded: true } => Cell($"by luck"),
        _ when double.IsFinite(speedUp) => Cell($"{speedUp:0.00}×", way.Carries && speedUp >= 0.9 * fastest ? Good : ""),
        _ => Cell($"doubtful"),
    };

    private static TextTable MemoryTable(ExperimentResult experiment)
    {
        var table = new TextTable(new TableColumn("workers"), Number("#"), Number("memory of all"), Number("time", 1), Number("CPU", 2));
        foreach (WayResult way in experiment.Ways)
        {
            table.Add(
                new TableCell(way.Label), Cell($"{way.Workers}"), new TableCell(Memory(way)), new TableCell(Milliseconds(way.Seconds.Median)),
                new TableCell(way.CpuSeconds is { } cpu ? Milliseconds(cpu) : "–"));
        }

        return table;
    }

    private static TableColumn Number(string heading, int rank = 0) => new(heading) { IsNumber = true, Rank = rank };

    private static TableCell Cell(FormattableString text, string colour = "") => new(text.ToString(CultureInfo.InvariantCulture), colour);

    private static string Heading(string text, Screen screen) => screen.HasColour ? $"\e[1m{text}\e[0m\n" : $"{text}\n";

    /// <summary>A sentence behind a mark, its further lines below its first.</summary>
    private static void Append(StringBuilder text, string mark, string sentence, Screen screen)
    {
        string start = mark;
        foreach (string line in Cells.Wrap(sentence, screen.Columns - mark.Length))
        {
            text.Append(start).Append(line).Append('\n');
            start = new string(' ', mark.Length);
        }
    }

    private static string Memory(WayResult way) => way.PeakBytes > 0 ? $"{way.PeakBytes >> 20} MiB" : "–";

    private static string Milliseconds(double seconds) => seconds switch
    {
        < 0.01 => $"{1000 * seconds:0.00} ms",
        < 1 => $"{1000 * seconds:0.0} ms",
        _ => $"{seconds:0.00} s",
    };
}
