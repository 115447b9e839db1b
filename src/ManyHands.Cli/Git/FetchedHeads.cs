namespace ManyHands.Cli.Git;

/// <summary>What a fetch found at the remote, as it left it in FETCH_HEAD.</summary>
internal sealed class FetchedHeads
{
    private readonly Dictionary<string, string> _commits = new(StringComparer.Ordinal);

    public static FetchedHeads Nothing { get; } = new();

    /// <summary>Reads what the fetch that has just run in this working tree has left.</summary>
    /// <exception cref="IOException">It left nothing that can be read.</exception>
    public static FetchedHeads Read(Repository repository)
    {
        var heads = new FetchedHeads();
        foreach (string line in File.ReadLines(Path.Combine(repository.GitDirectory, "FETCH_HEAD")))
        {
            // COMMIT TAB "not-for-merge" or nothing TAB KIND 'NAME' of ADDRESS; the address alone where it is that of HEAD
            string[] fields = line.Split('\t', 3);
            if (fields.Length == 3 && RepositoryFiles.IsCommit(fields[0]) && Reference(fields[2]) is { } reference)
                heads._commits[reference] = fields[0];
        }

        return heads;
    }

    /// <summary>The commit of a reference at the remote, by its full name; null if it was not fetched.</summary>
    public string? CommitOf(string reference) => _commits.GetValueOrDefault(reference);

    private static string? Reference(string description)
    {
        int start = description.IndexOf('\'', StringComparison.Ordinal);
        int end = description.IndexOf("' of ", StringComparison.Ordinal);
        if (end < 0)
            return "HEAD";
        if (start < 0 || end <= start)
            return null;
        string name = description[(start + 1)..end];
        return description[..start] switch
        {
            "branch " => "refs/heads/" + name,
            "tag " => "refs/tags/" + name,
            "remote-tracking branch " => "refs/remotes/" + name,
            "" => name,
            _ => null,
        };
    }
}
