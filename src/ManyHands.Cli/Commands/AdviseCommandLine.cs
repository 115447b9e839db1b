using ManyHands.Advisor;

namespace ManyHands.Cli.Commands;

/// <summary>What `hands advise` was asked about.</summary>
internal sealed record AdviseCommandLine
{
    public const string Help = """
        hands advise: which kind of worker, and how many

        Usage: hands advise [OPTION…] COMMAND… [::: INPUT…]
               hands advise [OPTION…] --method APP.DLL NAMESPACE.TYPE.METHOD [::: INPUT…]

        Runs a sample of the work, at least three times and for up to ten seconds, one
        after another, and reads how long it takes, how much of that it computes, its
        memory and its data. Says what kind of work it is, what to run it on, how many
        at a time, how much faster that should be, and why.

        In a command, {} stands for the input; where no word has it, the input comes
        last. No shell is involved. A method is static and takes one argument or none;
        it is measured in a process of its own. The inputs are run for real. If a run
        fails, that is all that is said: work that fails is not the work that was meant.

        A command reads what hands itself was given as standard input, from its
        beginning in each run; on a terminal, nothing.

              --verify         where it waits, try rising numbers at once, and advise by
                               them; then try the advice beside its neighbours, and say
                               how far off it was: runs the work some thousand times
              --timeout TIME   end a run that takes longer, and give up (default 60s)
              --input FILE     file that each run of a command reads as standard input;
                               - for what hands is given, however long it takes to come
              --ignore-failure an exit code other than 0 is no failure, as of grep
              --json           one JSON object
          -h, --help           show this text

        Examples:
          hands advise gzip -c ::: logs/*.txt
          hands advise --verify curl -s https://example.org/{} ::: a b c
          hands advise --method bin/Release/net10.0/App.dll App.Report.Build ::: 1 2 3

        Exit codes: 0: advice given; 1: the work failed or cannot be measured
                    129, 130, 143: ended by SIGHUP, Ctrl-C, SIGTERM, at once
                    254: the advice could not be written; 255: wrong usage

        """;

    public bool Verify { get; init; }

    public bool Json { get; init; }

    public ProbeLimits Limits { get; init; } = new();

    /// <summary>The time that a run may take, if it was given. Default: not given, the limit is that of <see cref="ProbeLimits"/>.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The file that each run reads, as it was named. Default: none was.</summary>
    public string? Input { get; init; }

    /// <summary>What the lines to paste call the file that each run reads. Null if each read nothing.</summary>
    public string? InputName { get; init; }

    /// <summary>The command; null where a method is meant.</summary>
    public CommandTemplate? Command { get; init; }

    /// <summary>The method; null where a command is meant.</summary>
    public MethodAddress? Method { get; init; }

    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <returns>What was asked, or null where the help text was.</returns>
    public static AdviseCommandLine? Parse(IReadOnlyList<string> arguments)
    {
        // Options end at the first word: what follows belongs to the command.
        var line = new AdviseCommandLine();
        string? assembly = null;
        bool ignoresExitCode = false;
        int own = 0;
        var reader = new ArgumentReader("hands advise", arguments);
        while (own < arguments.Count && arguments[own].StartsWith('-') && reader.Read() && reader.IsOption)
        {
            switch (reader.Current)
            {
                case "-h" or "--help":
                    return null;
                case "--verify":
                    line = line with { Verify = true };
                    break;
                case "--json":
                    line = line with { Json = true };
                    break;
                case "--timeout":
                    TimeSpan timeout = reader.Time();
                    line = line with { Timeout = timeout, Limits = line.Limits with { LongestRun = timeout } };
                    break;
                case "--input":
                    line = line with { Input = reader.Value() };
                    break;
                case "--ignore-failure":
                    ignoresExitCode = true;
                    break;
                case "--method":
                    assembly = reader.Value();
                    break;
                default:
                    reader.Refuse();
                    break;
            }

            own = reader.Position;
        }

        if (own < arguments.Count && arguments[own] == "--")
            own++;
        string[] rest = [.. arguments.Skip(own)];
        int separator = Array.IndexOf(rest, ":::");
        string[] words = separator < 0 ? rest : rest[..separator];
        string[] inputs = separator < 0 ? [] : rest[(separator + 1)..];
        if (assembly is null)
        {
            return words is [] or ["", ..]
                ? throw new UsageException("hands advise: about what? Name a command or, with --method, a method; 'hands advise --help' shows how.")
                : line with { Command = new CommandTemplate(words, inputs) { IgnoresExitCode = ignoresExitCode }, Inputs = inputs };
        }

        if (line.Input is not null || ignoresExitCode)
            throw new UsageException($"hands advise: {(ignoresExitCode ? "--ignore-failure" : "--input")} is for commands, not for methods.");

        string path = Path.GetFullPath(assembly);
        if (!File.Exists(path))
            throw new UsageException($"hands advise: there is no assembly '{assembly}'.");
        return words is [var name]
            ? line with { Method = new MethodAddress(path, name), Inputs = inputs }
            : throw new UsageException("hands advise: after --method APP.DLL comes the name of one method, NAMESPACE.TYPE.METHOD, then perhaps ::: and inputs.");
    }
}
