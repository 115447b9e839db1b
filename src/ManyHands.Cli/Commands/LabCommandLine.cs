using System.Globalization;
using ManyHands.Lab;

namespace ManyHands.Cli.Commands;

/// <summary>What `hands lab` was asked to do.</summary>
internal sealed record LabCommandLine
{
    public const string Help = """
        hands lab: which kind of worker is right, measured on this machine

        Usage: hands lab [OPTION…]

        Runs classic experiments (counting, computing, waiting, fetching, making garbage,
        sharing data) on threads, contexts, processes and what lies between, in rounds
        that take turns; the same ones in Python, PyPy, Node and Go where these are
        installed. Prints a table and a verdict, and writes a report with pictures.
        Without options it takes less than a minute.

        What to run:
              --list             list the experiments, and do nothing else
              --only NAMES       only these, with commas between: --only sleep,tiny
              --full             all experiments with 1, 2, 4, 8 and 16 workers; takes
                                 as long as it needs
              --workers NUMBERS  numbers of workers to try: --workers 1,2,4
              --rounds N         rounds, in each of which everything is timed once
                                 (default 5, or as many as there is time for in 50 s;
                                 with --only, --full, --workers or this there is no limit)
              --no-others        leave out the other runtimes

        Output:
          -o, --report FILE      where the report goes (default: hands-lab.html);
                                 - is standard output, and the table goes to
                                 standard error
              --plots FOLDER     write each plot as an SVG file too
              --json             one JSON object instead of the table
          -h, --help             show this text

        Exit codes: 0: measured; 1: nothing could be measured
                    129, 130, 143: ended by SIGHUP, Ctrl-C, SIGTERM, at once
                    254: not all could be written; 255: wrong usage

        """;

    public bool List { get; init; }

    public bool Json { get; init; }

    /// <summary>Where the report goes. Default: a file in the current folder.</summary>
    public string Report { get; init; } = "hands-lab.html";

    /// <summary>Where the plots go, each as a file. Null: nowhere.</summary>
    public string? Plots { get; init; }

    public LabOptions Options { get; init; } = new();

    /// <returns>What was asked, or null where the help text was.</returns>
    public static LabCommandLine? Parse(IReadOnlyList<string> arguments)
    {
        var line = new LabCommandLine();
        bool full = false;
        IReadOnlyList<Experiment>? only = null;
        IReadOnlyList<int>? workers = null;
        int? rounds = null;
        bool others = true;
        var reader = new ArgumentReader("hands lab", arguments);
        while (reader.Read())
        {
            if (!reader.IsOption)
                throw new UsageException($"hands lab: '{reader.Current}' is nothing that is asked for; 'hands lab --help' shows what is.");
            switch (reader.Current)
            {
                case "-h" or "--help":
                    return null;
                case "--list":
                    line = line with { List = true };
                    break;
                case "--json":
                    line = line with { Json = true };
                    break;
                case "--full":
                    full = true;
                    break;
                case "--only":
                    only = Named(reader.Value());
                    break;
                case "--workers":
                    workers = Numbers(reader.Value());
                    break;
                case "--rounds":
                    rounds = reader.Number(1);
                    break;
                case "--no-others":
                    others = false;
                    break;
                case "-o" or "--report":
                    line = line with { Report = reader.Value() };
                    break;
                case "--plots":
                    line = line with { Plots = reader.Value() };
                    break;
                default:
                    reader.Refuse();
                    break;
            }
        }

        if (line is { Json: true, Report: "-" })
            throw new UsageException("hands lab: --json and --report - both take standard output; name a file for the report.");
        var defaults = new LabOptions();
        return line with
        {
            Options = defaults with
            {
                Experiments = only ?? (full ? Laboratory.AllExperiments() : null),
                WorkerCounts = workers ?? (full ? [1, 2, 4, 8, 16] : null),
                Rounds = rounds ?? defaults.Rounds,
                Budget = full || only is not null || workers is not null || rounds is not null ? null : defaults.Budget,
                OtherRuntimes = others,
            },
        };
    }

    private static Experiment[] Named(string names)
    {
        IReadOnlyList<Experiment> all = Laboratory.AllExperiments();
        return
        [
            .. names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct().Select(name =>
                all.FirstOrDefault(experiment => experiment.Name == name)
                ?? throw new UsageException($"hands lab: there is no experiment '{name}'; 'hands lab --list' lists them.")),
        ];
    }

    private static int[] Numbers(string numbers) =>
    [
        .. numbers.Split(',', StringSplitOptions.TrimEntries).Select(text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= 256
                ? number
                : throw new UsageException($"hands lab: --workers wants numbers from 1 to 256 with commas between, such as 1,2,4, not '{numbers}'."))
            .Distinct().Order(),
    ];
}
