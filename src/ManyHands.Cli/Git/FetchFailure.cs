using System.Text.RegularExpressions;

namespace ManyHands.Cli.Git;

/// <summary>Tells from Git's error output what kind of failure it was. Git has one exit code, 128, for all of them.</summary>
internal static partial class FetchFailure
{
    private const int LongestMessage = 300;

    /// <summary>What Git says last of everything that ssh or the server has said before.</summary>
    private const string NothingRead = "Could not read from remote repository";

    // The first phrase that occurs decides. Our own disk and references come first: what follows from their trouble looks like the network's.
    private static readonly (string Phrase, PullState State)[] _ownPhrases =
    [
        ("No space left on device", PullState.Failed),
        ("Disk quota exceeded", PullState.Failed),
        ("insufficient permission for adding", PullState.Failed),
        ("; cannot create '", PullState.Failed),
        ("! [rejected]", PullState.Failed),
        (".lock': File exists", PullState.Locked),
        ("but expected", PullState.Locked),
        ("cannot lock references", PullState.Locked),
    ];

    // The server's own words, for which the code or the phrase that follows them is the same as for a wrong password.
    private static readonly (string Phrase, PullState State)[] _serverPhrases =
    [
        ("SAML SSO", PullState.Auth),
        ("disabled", PullState.Unreachable),
        ("archived", PullState.Unreachable),
        ("suspended", PullState.Unreachable),
        ("DMCA", PullState.Unreachable),
        ("unavailable", PullState.Unreachable),
        ("Repository not found", PullState.Unreachable),
    ];

    private static readonly (string Phrase, PullState State)[] _phrases =
    [
        ("could not read Username", PullState.Auth),
        ("could not read Password", PullState.Auth),
        ("terminal prompts disabled", PullState.Auth),
        ("Authentication failed", PullState.Auth),
        ("HTTP Basic: Access denied", PullState.Auth),
        ("Permission denied (", PullState.Auth),
        ("Too many authentication failures", PullState.Auth),
        ("Host key verification failed", PullState.Auth),
        ("returned error: 401", PullState.Auth),
        ("returned error: 403", PullState.Auth),
        ("returned error: 407", PullState.Auth),
        ("HTTP code 407", PullState.Auth),
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
        ("remote error: ", PullState.Unreachable),
        ("returned error: ", PullState.Unreachable),
        ("unable to access '", PullState.Unreachable),
        ("' not found", PullState.Unreachable),
        ("not valid: is this a git repository?", PullState.Unreachable),
        ("invalid server response", PullState.Unreachable),
        ("unable to update url base from redirection", PullState.Unreachable),
        ("protocol error", PullState.Unreachable),
        ("RPC failed", PullState.Unreachable),
        ("Empty reply from server", PullState.Unreachable),
        ("unexpected disconnect", PullState.Unreachable),
        ("early EOF", PullState.Unreachable),
        ("the remote end hung up", PullState.Unreachable),
        ("fatal: read error", PullState.Unreachable),
        (NothingRead, PullState.Unreachable),
    ];

    /// <summary>The state that the error output stands for, and why, in the words of the server if it has said any.</summary>
    public static (PullState State, string Message) Classify(string error)
    {
        string[] lines = error.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
        if (Unsafe(error) is { } reason)
            return (PullState.Unsafe, reason);

        string[] server = [.. lines.Select(WordsOfServer).OfType<string>()];
        string[] own = [.. lines.Where(line => WordsOfServer(line) is null)];
        if (Find(own, _ownPhrases) is { } ours)
            return (ours.State, Shortened(WithAdvice(Plain(own[ours.Line]))));
        var found = Find(own, _phrases);
        var said = Find(server, _serverPhrases);
        if (found is null && said is null)
            return (PullState.Failed, Sentence(error));

        string line = found is null ? "" : Reason(own, found.Value.Line);
        string words = string.Join(' ', server);
        string message = words.Length == 0 ? line
            : line.Length == 0 || line.Contains(NothingRead, StringComparison.Ordinal) ? words
            : $"{words} ({line})";
        return ((said ?? found)!.Value.State, Shortened(message));
    }

    /// <summary>The line of an error output that says most.</summary>
    public static string Sentence(string error)
    {
        string[] lines = error.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Shortened(Plain(First("fatal:") ?? First("error:") ?? First("remote: ") ?? lines.LastOrDefault() ?? "git gave no reason"));

        string? First(string prefix) => lines.FirstOrDefault(line => line.StartsWith(prefix, StringComparison.Ordinal));
    }

    /// <summary>Whether the server asked for fewer connections, so that later ones may well succeed.</summary>
    public static bool IsThrottling(string error) =>
        error.Contains("kex_exchange_identification", StringComparison.Ordinal)
        || error.Contains("Connection reset by peer", StringComparison.Ordinal)
        || error.Contains("returned error: 429", StringComparison.Ordinal);

    /// <summary>Why Git or ssh refuses for safety's sake, with the command that makes it trust what it refuses; null if it does not.</summary>
    private static string? Unsafe(string error)
    {
        // The commands are made here, and the words in them quoted: a server can write into this output what looks like Git's own advice.
        if (OtherOwner().Match(error) is { Success: true } owned && owned.Groups[1].Value is ['/', ..] path)
        {
            return $"'{path}' belongs to another user, so Git does not open it; if you trust it: "
                + ExternalCommand.Create("git", "config", "--global", "--add", "safe.directory", path);
        }

        if (error.Contains("dubious ownership", StringComparison.Ordinal))
            return Sentence(error);
        if (RefusedBare().Match(error) is { Success: true } bare)
            return $"safe.bareRepository is 'explicit'; if you trust it: {ExternalCommand.Create("git", $"--git-dir={bare.Groups[1].Value}", "fetch")}";
        if (error.Contains("REVOKED HOST KEY", StringComparison.Ordinal))
            return "the server's host key was revoked: do not connect before its owner has said why";
        return error.Contains("REMOTE HOST IDENTIFICATION HAS CHANGED", StringComparison.Ordinal)
            ? $"the host key of {Host(error)} is not the one that is known: another server may stand in its place, or it was set up anew; "
                + $"once its owner has confirmed the new key: {ExternalCommand.Create("ssh-keygen", "-R", Host(error))}"
            : null;

        static string Host(string error) => ChangedHost().Match(error) is { Success: true } host ? host.Groups[1].Value : "the server";
    }

    private static (PullState State, int Line)? Find(string[] lines, (string Phrase, PullState State)[] phrases)
    {
        foreach (var (phrase, state) in phrases)
        {
            int line = Array.FindIndex(lines, line => line.Contains(phrase, StringComparison.OrdinalIgnoreCase));
            if (line >= 0)
                return (state, line);
        }

        return null;
    }

    /// <summary>What the server has said in this line, or null. Over http and git:// Git marks it, over ssh the servers do.</summary>
    private static string? WordsOfServer(string line)
    {
        string? words = line.StartsWith("remote:", StringComparison.Ordinal) ? line["remote:".Length..].Trim() : line;
        if (words.StartsWith("ERROR:", StringComparison.Ordinal))
            words = words["ERROR:".Length..].Trim();
        else if (ReferenceEquals(words, line))
            return null;
        return words.Length == 0 || words.All(c => c is '=' or '-' or '*' or ' ') || Progress().IsMatch(words) ? null : words;
    }

    private static string Reason(string[] lines, int found)
    {
        // What comes before the last word was ssh's, or that of a server that marks nothing.
        if (lines[found].Contains(NothingRead, StringComparison.Ordinal))
        {
            string before = string.Join(' ', lines[..found].Where(IsTold).Select(Plain));
            return before.Length > 0 ? before : Plain(lines[found]);
        }

        // "unable to connect to HOST:" and "remote error:" have their reason on the next line.
        bool goesOn = lines[found].TrimEnd().EndsWith(':') && found + 1 < lines.Length;
        return Plain(goesOn ? $"{lines[found].TrimEnd()} {lines[found + 1].Trim()}" : lines[found]);
    }

    private static bool IsTold(string line) =>
        line.Trim().Length > 0 && !line.StartsWith("remote:", StringComparison.Ordinal) && !line.StartsWith("warning:", StringComparison.OrdinalIgnoreCase)
        && !line.StartsWith("** WARNING", StringComparison.Ordinal) && !Progress().IsMatch(line);

    private static string WithAdvice(string line) => line.Contains("; cannot create '", StringComparison.Ordinal)
        ? line + "; the remote has replaced that branch: pull with --prune, which removes the old one here"
        : line;

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

    private static string Shortened(string message) => message.Length <= LongestMessage ? message : message[..(LongestMessage - 1)] + "…";

    [GeneratedRegex(@"dubious ownership in repository at '(.*)'")]
    private static partial Regex OtherOwner();

    [GeneratedRegex(@"cannot use bare repository '(.*)' \(safe\.bareRepository")]
    private static partial Regex RefusedBare();

    [GeneratedRegex(@"Host key for (\S+) has changed")]
    private static partial Regex ChangedHost();

    [GeneratedRegex(@"^((Enumerating|Counting|Compressing|Receiving|Resolving|Unpacking|Writing) (objects|deltas)|Total \d|Filtering content|Updating files)")]
    private static partial Regex Progress();
}
