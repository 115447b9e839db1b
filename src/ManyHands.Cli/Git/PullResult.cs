namespace ManyHands.Cli.Git;

/// <summary>What became of one repository.</summary>
internal sealed record PullResult(Repository Repository, PullState State)
{
    /// <summary>The branch, or null when HEAD is on none.</summary>
    public string? Branch { get; init; }

    /// <summary>The commit before, where the branch moved.</summary>
    public string? From { get; init; }

    /// <summary>The commit after, where the branch moved.</summary>
    public string? To { get; init; }

    /// <summary>Commits that the branch moved forward.</summary>
    public int Commits { get; init; }

    /// <summary>Why, in a few words; "" where the state says it all.</summary>
    public string Message { get; init; } = "";

    /// <summary>Whether references changed though no branch of ours moved.</summary>
    public bool HasNews { get; init; }

    /// <summary>Time from the first Git process to the last.</summary>
    public TimeSpan Time { get; init; }

    /// <summary>Worth a line: it changed, failed or needs somebody. The rest is only counted.</summary>
    public bool IsNotable => State switch
    {
        PullState.UpToDate or PullState.Ahead => false,
        PullState.BareFetched => HasNews,
        _ => true,
    };
}
