namespace ManyHands.Cli.Git;

/// <summary>Starts Git so that it can never ask: no terminal, no password window, no passphrase, in a session of its own.</summary>
/// <remarks>
/// Which repository a folder is, whether it may be trusted, and which settings hold is left to Git: nothing here names a repository to it (GIT_DIR,
/// --git-dir), because that would switch off safe.directory and safe.bareRepository.
/// </remarks>
internal sealed class GitProgram
{
    // Set by a caller that runs inside a hook; they would make every repository look like that one.
    private static readonly string[] _misleading =
    [
        "GIT_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE",
        "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS",
    ];

    private readonly Dictionary<string, string?> _environment;
    private readonly TimeSpan _timeout;

    private GitProgram(TimeSpan timeout)
    {
        _timeout = timeout;
        _environment = new Dictionary<string, string?>
        {
            ["GIT_TERMINAL_PROMPT"] = "0",

            // Set but empty: Git then asks neither core.askPass nor SSH_ASKPASS for a password.
            ["GIT_ASKPASS"] = "",
            ["GCM_INTERACTIVE"] = "never",
            ["GIT_EDITOR"] = "false",

            // An ssh older than 8.4 does not know the first, and starts the program that the second names: one that answers nothing.
            ["SSH_ASKPASS_REQUIRE"] = "never",
            ["SSH_ASKPASS"] = "false",

            // Git's messages are read here, so they must be English; the encoding stays the user's.
            ["LC_ALL"] = null,
            ["LANGUAGE"] = null,
            ["LC_MESSAGES"] = "C",
            ["LC_CTYPE"] = Variable("LC_ALL") ?? Variable("LC_CTYPE"),
        };
        foreach (string name in _misleading)
            _environment[name] = null;
    }

    /// <summary>Shows whether there is a Git.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static async Task<GitProgram> FindAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            var result = await (ExternalCommand.Create("git", "version") with { Timeout = timeout }).RunAsync(cancellationToken).ConfigureAwait(false);
            return result.Succeeded
                ? new GitProgram(timeout)
                : throw new UsageException($"hands pull: git does not work: {FetchFailure.Sentence(result.Error)}");
        }
        catch (CommandStartException)
        {
            throw new UsageException("hands pull: git is not installed: there is no program 'git' on the PATH.");
        }
    }

    /// <summary>Asks Git for something that it finds in the folder itself, or in its .git. It looks no further up: nobody named what is there.</summary>
    public Task<CommandResult> AskAsync(string folder, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        Command(folder, arguments, BelowParent(folder)).RunAsync(cancellationToken);

    /// <summary>Asks Git for something that it finds in the folder or in the repository around it.</summary>
    public Task<CommandResult> AskAroundAsync(string folder, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        Command(folder, arguments, _environment).RunAsync(cancellationToken);

    /// <summary>Asks for the settings in force in a folder.</summary>
    public async Task<(GitSettings? Settings, CommandResult Answer)> AskSettingsAsync(string folder, CancellationToken cancellationToken)
    {
        // Three settings for each branch: with ten thousand of them some megabytes.
        var command = Command(folder, ["config", "--null", "--list"], BelowParent(folder)) with { OutputLimit = 64 * 1024 * 1024 };
        var answer = await command.RunAsync(cancellationToken).ConfigureAwait(false);
        return (answer.Succeeded ? GitSettings.Parse(answer.Output) : null, answer);
    }

    /// <summary>Fetches: with an ssh that does not ask, and the repository's own if its settings name one.</summary>
    public Task<CommandResult> FetchAsync(
        Repository repository, IReadOnlyList<string> arguments, Action<string>? onProgress, CancellationToken cancellationToken)
    {
        var environment = BelowParent(repository.Path);
        environment["GIT_SSH_COMMAND"] = SshCommand(repository.Settings.SshCommand);
        return (Command(repository.Path, arguments, environment) with { OnErrorLine = onProgress }).RunAsync(cancellationToken);
    }

    /// <summary>
    /// Changes a working tree, which may start hooks, filters, and fetches of a partial clone, in other repositories too. So no ssh is chosen for
    /// them: each finds the one that its own repository's settings name. It cannot ask either, as it has no terminal and no password program.
    /// </summary>
    public Task<CommandResult> UpdateAsync(
        Repository repository, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> variables, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string?>(_environment);
        foreach (var (name, value) in variables)
            environment[name] = value;
        return Command(repository.Path, arguments, environment).RunAsync(cancellationToken);
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

    private Dictionary<string, string?> BelowParent(string folder) =>
        new(_environment) { ["GIT_CEILING_DIRECTORIES"] = Path.GetDirectoryName(folder) };

    private ExternalCommand Command(string folder, IReadOnlyList<string> arguments, Dictionary<string, string?> environment) =>
        ExternalCommand.Create("git", arguments) with
        {
            WorkingDirectory = RawPath.Open(folder),
            Environment = environment,
            Timeout = _timeout,
            OutputLimit = 256 * 1024,
        };

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
