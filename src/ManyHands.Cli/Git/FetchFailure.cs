namespace ManyHands.Cli.Git;

/// <summary>Tells from Git's error output what kind of failure it was. Git has one exit code, 128, for all of them.</summary>
internal static class FetchFailure
{
    // The first phrase that occurs decides. ssh's reasons stand before Git's "Could not read from remote repository", which is true of them all.
    private static readonly (string Phrase, PullState State)[] _phrases =
    [
        ("could not read Username", PullState.Auth),
        ("could not read Password", PullState.Auth),
        ("terminal prompts disabled", PullState.Auth),
        ("Authentication failed", PullState.Auth),
        ("HTTP Basic: Access denied", PullState.Auth),
        ("Permission denied (", PullState.Auth),
        ("Host key verification failed", PullState.Auth),
        ("returned error: 401", PullState.Auth),
        ("returned error: 403", PullState.Auth),
        ("returned error: 407", PullState.Auth),
        ("cannot lock ref", PullState.Locked),
        (".lock': File exists", PullState.Locked),
        ("Could not resolve host", PullState.Unreachable),
        ("Couldn't resolve host", PullState.Unreachable),
        ("unable to look up", PullState.Unreachable),
        ("Name or service not known", PullState.Unreachable),
        ("Temporary failure in name resolution", PullState.Unreachable),
        ("Failed to connect", PullState.Unreachable),
        ("Couldn't connect", PullState.Unreachable),
        ("unable to connect", PullState.Unreachable),
        ("Connection refused", PullState.Unreachable),
        ("Connection timed out", PullState.Unreachable),
        ("Connection reset", PullState.Unreachable),
        ("Connection closed by", PullState.Unreachable),
        ("Operation timed out", PullState.Unreachable),
        ("No route to host", PullState.Unreachable),
        ("Network is unreachable", PullState.Unreachable),
        ("kex_exchange_identification", PullState.Unreachable),
        ("does not appear to be a git repository", PullState.Unreachable),
        ("returned error: 429", PullState.Unreachable),
        ("returned error: 5", PullState.Unreachable),
        ("Empty reply from server", PullState.Unreachable),
        ("the remote end hung up unexpectedly", PullState.Unreachable),
    ];

    /// <summary>The state that the error output stands for, and the line that says why.</summary>
    public static (PullState State, string Message) Classify(string error)
    {
        string[] lines = error.Split('\n', '\r');
        foreach (var (phrase, state) in _phrases)
        {
            int found = Array.FindIndex(lines, line => line.Contains(phrase, StringComparison.OrdinalIgnoreCase));
            if (found < 0)
                continue;

            // "unable to connect to HOST:" has its reason on the next line.
            bool goesOn = lines[found].EndsWith(':') && found + 1 < lines.Length;
            return (state, Plain(goesOn ? $"{lines[found]} {lines[found + 1]}" : lines[found]));
        }

        return (PullState.Failed, Sentence(error));
    }

    /// <summary>The line of an error output that says most.</summary>
    public static string Sentence(string error)
    {
        string[] lines = error.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Plain(First("fatal:") ?? First("error:") ?? First("remote: ") ?? lines.LastOrDefault() ?? "git gave no reason");

        string? First(string prefix) => lines.FirstOrDefault(line => line.StartsWith(prefix, StringComparison.Ordinal));
    }

    /// <summary>Whether the server asked for fewer connections, so that later ones may well succeed.</summary>
    public static bool IsThrottling(string error) =>
        error.Contains("kex_exchange_identification", StringComparison.Ordinal)
        || error.Contains("Connection reset by peer", StringComparison.Ordinal)
        || error.Contains("returned error: 429", StringComparison.Ordinal);

    private static string Plain(string line)
    {
        line = line.Trim();
        foreach (string prefix in (ReadOnlySpan<string>)["fatal: ", "error: ", "ssh: "])
        {
            if (line.StartsWith(prefix, StringComparison.Ordinal))
                line = line[prefix.Length..];
        }

        return line;
    }
}
