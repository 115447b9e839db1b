namespace ManyHands.Cli.Git;

/// <summary>
/// Working trees that share branches and objects. They take turns and fetch once for all: fetches at the same time would fight for the same references
/// ("cannot lock ref … is at … but expected …").
/// </summary>
internal sealed record PullGroup(IReadOnlyList<Repository> Repositories, GitConfigFile Config, RemoteAddress Remote)
{
    public static IReadOnlyList<PullGroup> Form(IReadOnlyList<Repository> repositories, GitProgram git) =>
        [.. repositories.GroupBy(repository => repository.CommonDirectory).Select(group => Create([.. group], git))];

    private static PullGroup Create(IReadOnlyList<Repository> repositories, GitProgram git)
    {
        var config = GitConfigFile.Read(Path.Combine(repositories[0].CommonDirectory, "config"));
        string? branch = RepositoryFiles.Branch(repositories[0]);
        string? remote = (branch is null ? null : config.RemoteOf(branch)) ?? config.DefaultRemote;
        return new PullGroup(repositories, config, git.Locate(remote is null ? null : config.UrlOf(remote) ?? remote));
    }
}

/// <summary>What pulling a group took.</summary>
/// <param name="Wall">Time in Git processes.</param>
/// <param name="Cpu">Their processor time.</param>
/// <param name="Throttled">The server refused because of too many connections; nothing was reported, and it should be tried again.</param>
internal readonly record struct PullCost(TimeSpan Wall, TimeSpan Cpu, bool Throttled);
