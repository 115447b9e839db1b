namespace ManyHands.Cli.Git;

/// <summary>How a repository came out of a pull.</summary>
internal enum PullState
{
    Updated,
    UpToDate,
    Ahead,
    BareFetched,

    /// <summary>Only with --fetch-only: there is news, and the branch was left where it is.</summary>
    Fetched,

    Dirty,
    Diverged,

    /// <summary>A forced push took commits from the upstream that our branch still has.</summary>
    Rewritten,

    /// <summary>A rebase, merge, cherry-pick, revert or bisection is under way.</summary>
    InProgress,

    Detached,
    NoUpstream,
    UpstreamGone,
    Empty,

    /// <summary>Git or ssh refuses for safety's sake: another user's repository, or a server that has another key than before.</summary>
    Unsafe,

    Auth,
    Unreachable,
    Locked,
    Timeout,
    Failed,
}

/// <summary>The names and the meaning of the states.</summary>
internal static class PullStates
{
    /// <summary>The name that people and scripts see.</summary>
    public static string Name(this PullState state) => state switch
    {
        PullState.Updated => "updated",
        PullState.UpToDate => "up-to-date",
        PullState.Ahead => "ahead",
        PullState.BareFetched => "bare(fetched)",
        PullState.Fetched => "fetched",
        PullState.Dirty => "dirty",
        PullState.Diverged => "diverged",
        PullState.Rewritten => "rewritten",
        PullState.InProgress => "in-progress",
        PullState.Detached => "detached",
        PullState.NoUpstream => "no-upstream",
        PullState.UpstreamGone => "upstream-gone",
        PullState.Empty => "empty",
        PullState.Unsafe => "unsafe",
        PullState.Auth => "auth",
        PullState.Unreachable => "unreachable",
        PullState.Locked => "locked",
        PullState.Timeout => "timeout",
        PullState.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static bool IsFailure(this PullState state) => state >= PullState.Unsafe;

    /// <summary>Left as it was although it may need somebody's attention: a failure only with --strict.</summary>
    public static bool IsSkipped(this PullState state) => state is >= PullState.Dirty and < PullState.Unsafe;
}
