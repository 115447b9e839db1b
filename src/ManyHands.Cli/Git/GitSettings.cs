namespace ManyHands.Cli.Git;

/// <summary>
/// The settings in force in one repository, as Git itself reads them: the system's, the user's, the repository's own and whatever they include.
/// </summary>
internal sealed class GitSettings
{
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);
    private readonly List<string> _remotes = [];

    public static GitSettings None { get; } = new();

    /// <summary>The names of the remotes, in the order of the settings.</summary>
    public IReadOnlyList<string> Remotes => _remotes;

    /// <summary>The remote that is fetched for a branch that names none: origin, or the only one.</summary>
    public string? DefaultRemote => _remotes.Contains("origin") ? "origin" : _remotes.Count == 1 ? _remotes[0] : null;

    /// <summary>The ssh that the settings name, or null.</summary>
    public string? SshCommand => Last("core.sshcommand");

    /// <summary>Whether references are files, which can be read without starting Git.</summary>
    public bool HasFileReferences => Last("extensions.refstorage") is null or "files";

    /// <summary>Reads the output of <c>git config --null --list</c>.</summary>
    public static GitSettings Parse(string output)
    {
        var settings = new GitSettings();
        foreach (string entry in output.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = entry.Split('\n', 2);
            settings.Add(parts[0], parts.Length == 2 ? parts[1] : "");
        }

        return settings;
    }

    /// <summary>The remote that a branch is pulled from, by name or address, or null.</summary>
    public string? RemoteOf(string branch) => Last($"branch.{branch}.remote");

    /// <summary>The references at the remote that a branch follows, as full names.</summary>
    public IReadOnlyList<string> MergesOf(string branch) => All($"branch.{branch}.merge");

    /// <summary>Options that the user wants for every merge into a branch.</summary>
    public bool HasMergeOptions(string branch) => _values.ContainsKey($"branch.{branch}.mergeoptions");

    /// <summary>Whether something says which branches of a remote are fetched into which of ours.</summary>
    public bool HasFetchRules(string remote) => _values.ContainsKey($"remote.{remote}.fetch");

    /// <summary>The server of a remote, or of an address that stands in place of a remote's name.</summary>
    public RemoteAddress Locate(string? remote)
    {
        if (remote is null)
            return RemoteAddress.Parse(null);
        string url = All($"remote.{remote}.url") is [var first, ..] ? first : remote;

        // url.REPLACEMENT.insteadOf = PREFIX; the longest prefix wins, as in Git.
        const string start = "url.", end = ".insteadof";
        string located = url, longest = "";
        foreach (var (key, prefixes) in _values)
        {
            if (!key.StartsWith(start, StringComparison.Ordinal) || !key.EndsWith(end, StringComparison.Ordinal))
                continue;
            foreach (string prefix in prefixes)
            {
                if (prefix.Length > longest.Length && url.StartsWith(prefix, StringComparison.Ordinal))
                    (located, longest) = (key[start.Length..^end.Length] + url[prefix.Length..], prefix);
            }
        }

        return RemoteAddress.Parse(located);
    }

    private string? Last(string key) => _values.TryGetValue(key, out var values) ? values[^1] : null;

    private List<string> All(string key) => _values.TryGetValue(key, out var values) ? values : [];

    private void Add(string key, string value)
    {
        if (!_values.TryGetValue(key, out var values))
            _values.Add(key, values = []);
        values.Add(value);

        const string remote = "remote.";
        int end = key.LastIndexOf('.');
        if (key.StartsWith(remote, StringComparison.Ordinal) && end > remote.Length && !_remotes.Contains(key[remote.Length..end]))
            _remotes.Add(key[remote.Length..end]);
    }
}
