namespace ManyHands.Cli.Commands;

/// <summary>What `hands pull` was asked to do.</summary>
internal sealed record PullOptions
{
    public const string Help = """
        hands pull: update many Git repositories at once

        Usage: hands pull [OPTION…] [PATH…]

        Finds the repositories at and below each PATH (default: the current folder),
        fetches all of them in parallel, and moves each branch forward where that is a
        plain fast-forward and nothing uncommitted is in the way.
        Never asks, never merges, never rebases, never discards.

        Finding:
              --depth N          search so many folders deep (default 3)
              --nested           look inside repositories too, for submodules and others
              --include PATTERN  only repositories whose path or name matches (* and ?)
              --exclude PATTERN  leave out folders whose path or name matches

        Pulling:
          -j, --jobs N           repositories at a time (default: learnt, at most 64)
              --timeout TIME     end a Git command that takes longer (default 120s)
              --fetch-only       fetch, but leave every branch where it is
              --prune            drop remote-tracking branches that the remote dropped
              --dirty=ff         fast-forward in spite of uncommitted edits, where Git
                                 finds that they are not touched (default: skip)

        Output:
              --json             one JSON object per line: repositories, then a summary
              --strict           count skipped repositories as failed
          -h, --help             show this text

        In a pipe each line has tabs between its fields: path, state, branch,
        old commit, new commit, commits, seconds, message. Repositories that are up to
        date or ahead are only counted, in the summary on standard error.

        States:
          done      updated, up-to-date, ahead, bare(fetched), fetched
          skipped   dirty, diverged, rewritten, in-progress, detached, no-upstream,
                    upstream-gone, empty
          failed    unsafe, auth, unreachable, locked, timeout, failed

        Exit codes: 0: nothing failed; 1–100: number of failures; 101: more than 100
                    129, 130, 143: ended by SIGHUP, Ctrl-C, SIGTERM
                    254: the output could not be written; 255: wrong usage
        Ctrl-C, or SIGHUP: start nothing new and finish what runs; Ctrl-C again, or
        SIGTERM: stop what runs. While folders are searched, each of them stops at once.

        """;

    /// <summary>Where to look. Default: the current folder.</summary>
    public IReadOnlyList<string> Paths { get; init; } = ["."];

    /// <summary>Repositories at a time. Null: learnt.</summary>
    public int? Jobs { get; init; }

    /// <summary>The most that one Git command may take. Default: 120 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Folders below each path that are searched. Default: 3.</summary>
    public int Depth { get; init; } = 3;

    public bool Nested { get; init; }

    public IReadOnlyList<string> Include { get; init; } = [];

    public IReadOnlyList<string> Exclude { get; init; } = [];

    public bool FetchOnly { get; init; }

    public bool Prune { get; init; }

    /// <summary>Fast-forward although there are uncommitted edits. Default: no.</summary>
    public bool FastForwardDirty { get; init; }

    public bool Json { get; init; }

    public bool Strict { get; init; }

    /// <returns>Null when help was asked for.</returns>
    /// <exception cref="UsageException">Something on the command line is wrong.</exception>
    public static PullOptions? Parse(IReadOnlyList<string> arguments)
    {
        var reader = new ArgumentReader("hands pull", arguments);
        var options = new PullOptions();
        var paths = new List<string>();
        while (reader.Read())
        {
            if (!reader.IsOption)
            {
                paths.Add(reader.Current);
                continue;
            }

            switch (reader.Current)
            {
                case "-h" or "--help": return null;
                case "-j" or "--jobs": options = options with { Jobs = reader.Number(least: 1) }; break;
                case "--timeout": options = options with { Timeout = reader.Time() }; break;
                case "--depth": options = options with { Depth = reader.Number(least: 0) }; break;
                case "--nested": options = options with { Nested = true }; break;
                case "--include": options = options with { Include = [.. options.Include, reader.Value()] }; break;
                case "--exclude": options = options with { Exclude = [.. options.Exclude, reader.Value()] }; break;
                case "--fetch-only": options = options with { FetchOnly = true }; break;
                case "--prune": options = options with { Prune = true }; break;
                case "--dirty": options = options with { FastForwardDirty = IsFastForward(reader.Value()) }; break;
                case "--json": options = options with { Json = true }; break;
                case "--strict": options = options with { Strict = true }; break;
                default: reader.Refuse(); break;
            }
        }

        return paths.Count == 0 ? options : options with { Paths = paths };
    }

    private static bool IsFastForward(string value) => value switch
    {
        "ff" => true,
        "skip" => false,
        _ => throw new UsageException($"hands pull: --dirty is 'skip' or 'ff', not '{value}'."),
    };
}
