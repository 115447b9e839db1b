using System.Globalization;
using ManyHands.Lab;
using Spectre.Console;

namespace ManyHands.Cli.Rendering;

/// <summary>The lab's result as text: a table for each experiment, then the verdict.</summary>
internal static class LabTable
{
    private const int WidthOfPipe = 120;

    public static string List(IReadOnlyList<Experiment> experiments) => Draw(console =>
    {
        Table table = NewTable("name", "experiment", "what it shows", "classic in");
        foreach (Experiment experiment in experiments)
            table.AddRow(Cell(experiment.IsQuick ? experiment.Name : $"{experiment.Name} *"), Cell(experiment.Title), Cell(experiment.Shows), Cell(experiment.Classic));
        console.Write(table);
        console.MarkupLine("* only with --full, or when named with --only");
    });

    public static string Of(LabResult result, IReadOnlyList<string> verdict) => Draw(console =>
    {
        foreach (ExperimentResult experiment in result.Experiments)
            Write(console, experiment);
        console.WriteLine();
        console.Write(new Rule("[bold]Verdict[/]") { Justification = Justify.Left });
        foreach (string sentence in verdict)
            console.WriteLine($"• {sentence}");
        if (result.Notes.Count > 0)
            console.Write(new Rule("Before you believe it") { Justification = Justify.Left });
        foreach (string note in result.Notes)
            console.WriteLine($"! {note}");
        console.WriteLine();
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Machine.Cores} cores, {result.Machine.Runtime}; {result.Rounds} complete {(result.Rounds == 1 ? "round" : "rounds")}, medians; took {result.Took.TotalSeconds:0} s."));
        foreach (string runtime in result.Runtimes)
            console.WriteLine(runtime);
    });

    private static void Write(IAnsiConsole console, ExperimentResult experiment)
    {
        console.WriteLine();
        console.MarkupLine($"[bold]{Markup.Escape(experiment.Title)}[/]");
        if (experiment.Ways.Count > 0)
        {
            Table table = experiment.IsAboutMemory
                ? NewTable("workers", "#", "memory of all", "time", "CPU")
                : NewTable("workers", "#", "time", "spread", "speed-up", "CPU", "switches", "memory");
            double fastest = experiment.Ways.Max(experiment.SpeedUp);
            foreach (WayResult way in experiment.Ways)
                table.AddRow(experiment.IsAboutMemory ? MemoryRow(way) : TimeRow(experiment, way, fastest));
            for (int i = 1; i < table.Columns.Count; i++)
                table.Columns[i].RightAligned();
            console.Write(table);
        }

        foreach (string reason in experiment.LeftOut)
            console.WriteLine($"  left out: {reason}");
    }

    private static Markup[] TimeRow(ExperimentResult experiment, WayResult way, double fastest)
    {
        double speedUp = experiment.SpeedUp(way);
        string style = !way.IsRight ? "red" : speedUp >= 0.9 * fastest ? "green" : "default";
        return
        [
            Cell(way.Label),
            Cell($"{way.Workers}"),
            Cell(Milliseconds(way.Seconds.Median)),
            Cell($"±{100 * way.Seconds.Spread / 2:0} %"),
            Cell(way.IsRight ? $"{speedUp:0.00}×" : $"wrong: {way.Value:#,0}", style),
            Cell(way.CpuSeconds is { } cpu ? Milliseconds(cpu) : "–"),
            Cell($"{way.VoluntarySwitches + way.InvoluntarySwitches:0}"),
            Cell(Memory(way)),
        ];
    }

    private static Markup[] MemoryRow(WayResult way) =>
    [
        Cell(way.Label), Cell($"{way.Workers}"), Cell(Memory(way)), Cell(Milliseconds(way.Seconds.Median)),
        Cell(way.CpuSeconds is { } cpu ? Milliseconds(cpu) : "–"),
    ];

    private static string Memory(WayResult way) => way.PeakBytes > 0 ? $"{way.PeakBytes >> 20} MiB" : "–";

    private static string Milliseconds(double seconds) => seconds switch
    {
        < 0.01 => $"{1000 * seconds:0.00} ms",
        < 1 => $"{1000 * seconds:0.0} ms",
        _ => $"{seconds:0.00} s",
    };

    private static Table NewTable(params string[] columns)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string column in columns)
            table.AddColumn(new TableColumn(new Markup(column)) { NoWrap = columns.Length > 4 });
        return table;
    }

    // Every text is data: brackets in it are not markup.
    private static Markup Cell(FormattableString text, string style = "default") => Cell(text.ToString(CultureInfo.InvariantCulture), style);

    private static Markup Cell(string text, string style = "default") => new($"[{style}]{Markup.Escape(text)}[/]");

    /// <summary>Draws for standard output: with colour and its width where it is a terminal, plain where it is not.</summary>
    private static string Draw(Action<IAnsiConsole> draw)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        bool isPlain = Console.IsOutputRedirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isPlain ? AnsiSupport.No : AnsiSupport.Yes,
            ColorSystem = isPlain ? ColorSystemSupport.NoColors : ColorSystemSupport.Standard,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = Console.IsOutputRedirected ? WidthOfPipe : Math.Max(60, Console.WindowWidth);
        console.Profile.Capabilities.Unicode = true;
        draw(console);
        return string.Join('\n', text.ToString().ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd()));
    }
}
