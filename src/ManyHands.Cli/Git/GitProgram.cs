namespace ManyHands.Cli.Git;

/// <summary>Starts Git so that it can never ask: no terminal, no password window, no passphrase, in a session of its own.</summary>
internal sealed class GitProgram
{
    // Set by a caller that runs inside a hook; they would make every repository look like that one.
    private static readonly string[] _misleading =
    [
        "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE",
        "GIT_PREFIX",
    ];

    private readonly Dictionary<string, string?> _environment;
    private readonly TimeSpan _timeout;
    private readonly List<Rewriting> _rewriting = [];
    private readonly string? _userSshCommand;

    private GitProgram(TimeSpan timeout, string settings)
    {
        _timeout = timeout;
        foreach (string entry in settings.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] setting = entry.Split('\n', 2);
            if (setting is ["core.sshcommand", var command])
                _userSshCommand = command;
            else if (setting is [var key, var prefix])
                _rewriting.Add(new Rewriting(prefix, key["url.".Length..^".insteadof".Length]));
        }

        _environment = new Dictionary<string, string?>
        {
            ["GIT_TERMINAL_PROMPT"] = "0",

            // Set but empty: Git then asks neither core.askPass nor SSH_ASKPASS for a password.
            ["GIT_ASKPASS"] = "",
            ["SSH_ASKPASS_REQUIRE"] = "never",
            ["GCM_INTERACTIVE"] = "never",
            ["GIT_EDITOR"] = "false",

            // Git's messages are read here, so they must be English; the encoding stays the user's.
            ["LC_ALL"] = null,
            ["LANGUAGE"] = null,
            ["LC_MESSAGES"] = "C",
            ["LC_CTYPE"] = Variable("LC_ALL") ?? Variable("LC_CTYPE"),
        };
        foreach (string name in _misleading)
            _environment[name] = null;
        _environment["GIT_SSH_COMMAND"] = SshCommand(_userSshCommand);
    }

    /// <summary>Asks Git for the user's settings that matter here, which also shows whether there is a Git.</summary>
    /// <exception cref="UsageException">There is no Git.</exception>
    public static async Task<GitProgram> FindAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var command = ExternalCommand.Create("git", "config", "--includes", "--null", "--get-regexp", @"^(url\..*\.insteadof|core\.sshcommand)$") with
        {
            // Not in a repository: only the user's and the machine's settings.
            WorkingDirectory = Path.GetPathRoot(Environment.CurrentDirectory),
            Environment = _misleading.ToDictionary(name => name, string? (_) => null),
            Timeout = timeout,
        };
        try
        {
            var result = await command.RunAsync(cancellationToken).ConfigureAwait(false);
            return result.ExitCode is 0 or 1
                ? new GitProgram(timeout, result.Output)
                : throw new UsageException($"hands pull: git cannot read its settings: {FetchFailure.Sentence(result.Error)}");
        }
        catch (CommandStartException)
        {
            throw new UsageException("hands pull: git is not installed: there is no program 'git' on the PATH.");
        }
    }

    /// <summary>Where a remote really is, after the user's url.….insteadOf rules.</summary>
    public RemoteAddress Locate(string? url)
    {
        // The longest prefix wins, as in Git.
        var rule = _rewriting.Where(rule => url is not null && url.StartsWith(rule.Prefix, StringComparison.Ordinal))
            .OrderByDescending(rule => rule.Prefix.Length).FirstOrDefault();
        return RemoteAddress.Parse(rule is null ? url : rule.Replacement + url![rule.Prefix.Length..]);
    }

    /// <summary>Runs Git in a repository.</summary>
    public Task<CommandResult> RunAsync(
        Repository repository, IReadOnlyList<string> arguments, Action<string>? onProgress, CancellationToken cancellationToken) =>
        Command(repository, arguments, onProgress).RunAsync(cancellationToken);

    /// <summary>Runs a command that may use ssh, with the repository's own core.sshCommand, which the environment would otherwise hide.</summary>
    public async Task<CommandResult> RunOverSshAsync(
        Repository repository, IReadOnlyList<string> arguments, Action<string>? onProgress, CancellationToken cancellationToken)
    {
        var command = Command(repository, arguments, onProgress);
        var setting = await RunAsync(repository, ["config", "--get", "core.sshCommand"], null, cancellationToken).ConfigureAwait(false);
        if (setting.Succeeded)
        {
            string ssh = SshCommand(setting.Output.TrimEnd('\n'));
            command = command with { Environment = new Dictionary<string, string?>(_environment) { ["GIT_SSH_COMMAND"] = ssh } };
        }

        return await command.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// The ssh to use: the user's own with the options that keep it from asking. ssh takes the first value of an option, so the user's win.
    /// </summary>
    internal static string SshCommand(string? configured)
    {
        string? program = Variable("GIT_SSH");
        string command = Variable("GIT_SSH_COMMAND")
            ?? configured
            ?? (program is null ? "ssh" : $"'{program.Replace("'", @"'\''", StringComparison.Ordinal)}'");
        string name = Path.GetFileNameWithoutExtension(command.Split(' ')[0].Trim('\'', '"'));

        // plink and its kind know other options; without a terminal they cannot ask anyway.
        return name == "ssh" ? $"{command} -o BatchMode=yes -o ConnectTimeout=15" : command;
    }

    private ExternalCommand Command(Repository repository, IReadOnlyList<string> arguments, Action<string>? onProgress) =>
        ExternalCommand.Create("git", [.. repository.Kind == RepositoryKind.Bare ? ["--git-dir=."] : Array.Empty<string>(), .. arguments]) with
        {
            WorkingDirectory = repository.Path,
            Environment = _environment,
            Timeout = _timeout,
            OutputLimit = 256 * 1024,
            OnErrorLine = onProgress,
        };

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>url.REPLACEMENT.insteadOf = PREFIX.</summary>
    private sealed record Rewriting(string Prefix, string Replacement);
}
