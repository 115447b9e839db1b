namespace ManyHands.Cli.Git;

/// <summary>Shows a pull while it runs. Called from many threads.</summary>
internal interface IPullReport : IAsyncDisposable
{
    /// <summary>Whether Git's own progress lines are of use.</summary>
    bool WantsProgress { get; }

    /// <summary>Folders are being searched.</summary>
    /// <param name="soFar">What the search has come to; may be called at any time.</param>
    void Searching(Func<string> soFar)
    {
    }

    /// <summary>So many repositories will be pulled.</summary>
    void Begin(IReadOnlyList<Repository> repositories);

    void Started(Repository repository);

    /// <summary>A line of Git's progress. Must be quick: it is called on the thread that watches all commands.</summary>
    void Progress(Repository repository, string line);

    /// <summary>The server refused; the repository will be started again.</summary>
    void Postponed(Repository repository);

    void Finished(PullResult result);

    /// <summary>Says something to the person, not to a script.</summary>
    void Notice(string text);

    void End(PullSummary summary);
}
