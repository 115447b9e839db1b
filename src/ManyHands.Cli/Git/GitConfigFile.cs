namespace ManyHands.Cli.Git;

/// <summary>
/// A repository's own config file, read without starting Git: which remote and branch belong to a branch, and where the remotes are. Only ever used to
/// save a process or to choose a limit; whatever it cannot read for sure makes <see cref="IsPlain"/> false, and then Git is asked.
/// </summary>
internal sealed class GitConfigFile
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly List<string> _remotes = [];

    /// <summary>Whether everything in the file was understood and nothing is included from elsewhere.</summary>
    public bool IsPlain { get; private set; } = true;

    /// <summary>The names of the remotes, in the order of the file.</summary>
    public IReadOnlyList<string> Remotes => _remotes;

    public static GitConfigFile Read(string path)
    {
        var config = new GitConfigFile();
        string section = "";
        try
        {
            foreach (string line in File.ReadLines(path))
                section = config.Take(line.Trim(), section);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            config.IsPlain = false;
        }

        return config;
    }

    /// <summary>The remote that a branch is pulled from, or null.</summary>
    public string? RemoteOf(string branch) => _values.GetValueOrDefault($"branch.{branch}.remote");

    /// <summary>The branch at the remote, as a full reference, or null.</summary>
    public string? MergeOf(string branch) => _values.GetValueOrDefault($"branch.{branch}.merge");

    /// <summary>Where a remote is, before the user's own rewriting rules.</summary>
    public string? UrlOf(string remote) => _values.GetValueOrDefault($"remote.{remote}.url");

    /// <summary>The remote that Git takes for a branch that names none: origin, or the only one.</summary>
    public string? DefaultRemote => _remotes.Contains("origin") ? "origin" : _remotes.Count == 1 ? _remotes[0] : null;

    private string Take(string line, string section)
    {
        if (line.Length == 0 || line[0] is '#' or ';')
            return section;
        if (line[0] == '[')
            return Section(line);

        int equals = line.IndexOf('=', StringComparison.Ordinal);
        string key = (equals < 0 ? line : line[..equals]).Trim().ToLowerInvariant();
        string value = equals < 0 ? "" : line[(equals + 1)..].Trim();

        // Quotes, escapes, comments behind a value, and continued lines are Git's business.
        if (value.AsSpan().IndexOfAny("\\\"#;") >= 0)
            IsPlain = false;

        // The last url, remote or merge is not always the one in force; more than one is rare enough to ask Git.
        if (!_values.TryAdd($"{section}.{key}", value) && key is "url" or "remote" or "merge")
            IsPlain = false;
        return section;
    }

    private string Section(string line)
    {
        if (line[^1] != ']')
        {
            IsPlain = false;
            return "";
        }

        string name = line[1..^1];
        int quote = name.IndexOf('"', StringComparison.Ordinal);
        string section = (quote < 0 ? name : name[..quote]).Trim().ToLowerInvariant();
        string subsection = quote < 0 ? "" : name[(quote + 1)..].TrimEnd().TrimEnd('"');
        if (section is "include" or "includeif" || subsection.Contains('\\', StringComparison.Ordinal))
            IsPlain = false;
        if (section == "remote" && subsection.Length > 0 && !_remotes.Contains(subsection))
            _remotes.Add(subsection);
        return subsection.Length == 0 ? section : $"{section}.{subsection}";
    }
}
