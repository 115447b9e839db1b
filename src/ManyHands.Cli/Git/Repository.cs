namespace ManyHands.Cli.Git;

/// <summary>What a found repository is.</summary>
internal enum RepositoryKind
{
    /// <summary>An ordinary clone.</summary>
    Clone,

    /// <summary>A repository without working tree.</summary>
    Bare,

    /// <summary>A further working tree of another repository.</summary>
    Worktree,

    /// <summary>The working tree of a submodule.</summary>
    Submodule,

    /// <summary>Git refuses it, so nothing in it was read.</summary>
    Unknown,
}

/// <summary>A working tree, or a bare repository, as Git sees it.</summary>
/// <param name="Name">As the user would write it: relative to where the search began.</param>
/// <param name="Path">The folder, absolute, without links; see <see cref="RawPath"/>.</param>
/// <param name="Kind">What it is.</param>
/// <param name="GitDirectory">Where its HEAD lives, as the framework can open it.</param>
/// <param name="CommonDirectory">Where its branches and objects live; several working trees can share it.</param>
internal sealed record Repository(string Name, string Path, RepositoryKind Kind, string GitDirectory, string CommonDirectory)
{
    /// <summary>The settings in force in it.</summary>
    public GitSettings Settings { get; init; } = GitSettings.None;

    /// <summary>Why it cannot be pulled, or null.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>A folder that Git does not open.</summary>
    public static Repository Refused(Candidate candidate, PullState state, string message) =>
        new(candidate.Name, candidate.Path, RepositoryKind.Unknown, candidate.Path, candidate.Path) { Refusal = new Refusal(state, message) };
}

/// <summary>Why a repository is not even fetched.</summary>
internal sealed record Refusal(PullState State, string Message);
