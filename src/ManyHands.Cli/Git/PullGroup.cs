namespace ManyHands.Cli.Git;

/// <summary>
/// Working trees that share branches and objects. They take turns and fetch once for all: fetches at the same time would fight for the same references
/// ("cannot lock ref … is at … but expected …").
/// </summary>
internal sealed record PullGroup(IReadOnlyList<Repository> Repositories, RemoteAddress Remote)
{
    public static IReadOnlyList<PullGroup> Form(IReadOnlyList<Repository> repositories) =>
        [.. repositories.GroupBy(repository => repository.CommonDirectory).Select(group => Create([.. group]))];

    private static PullGroup Create(IReadOnlyList<Repository> repositories)
    {
        var settings = repositories[0].Settings;
        string? branch = RepositoryFiles.Branch(repositories[0]);
        return new PullGroup(repositories, settings.Locate((branch is null ? null : settings.RemoteOf(branch)) ?? settings.DefaultRemote));
    }
}

/// <summary>What pulling a group took.</summary>
/// <param name="Wall">Time in Git processes.</param>
/// <param name="Cpu">Their processor time.</param>
/// <param name="Throttled">The server refused because of too many connections; nothing was reported, and it should be tried again.</param>
internal readonly record struct PullCost(TimeSpan Wall, TimeSpan Cpu, bool Throttled);
