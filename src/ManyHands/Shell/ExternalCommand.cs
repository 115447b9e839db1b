using System.Collections.Frozen;
using System.Text;
using ManyHands.Shell;

namespace ManyHands;

/// <summary>
/// One foreign program, run and watched: its output is kept within a bound, its time and memory are measured, and it cannot outlive its timeout.
/// Immutable; run it as often as wanted, also at the same time.
/// </summary>
/// <example>
/// <code>
/// var fetch = ExternalCommand.Create("git", "fetch") with { WorkingDirectory = folder, Timeout = TimeSpan.FromMinutes(2) };
/// CommandResult result = await fetch.RunAsync(cancellationToken);
/// </code>
/// </example>
/// <remarks>
/// The program has an empty standard input unless <see cref="InputFile"/> names one, no terminal to ask on, and starts with every signal at its default. No shell is
/// involved: arguments arrive as they are. While it runs no thread is held.
/// </remarks>
public sealed record ExternalCommand
{
    private static readonly FrozenDictionary<string, string?> _nothingChanged = FrozenDictionary<string, string?>.Empty;

    /// <summary>Path of the program, or a bare name that is looked up in this process's PATH.</summary>
    public required string Program { get; init; }

    /// <summary>The arguments after the program's own name, each arriving as one argument whatever it contains.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Folder the program starts in. Default: that of this process.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Changes to the environment that the program inherits: a value sets a variable, null removes it. Default: none.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = _nothingChanged;

    /// <summary>File that the program reads as its standard input, from the file's beginning at every run; a pipe is refused. Default: none, the input is empty.</summary>
    public string? InputFile { get; init; }

    /// <summary>Time after which the program and its group are stopped and <see cref="CommandResult.TimedOut"/> is set. Default: none.</summary>
    public TimeSpan? Timeout { get; init => field = value == System.Threading.Timeout.InfiniteTimeSpan ? null : value; }

    /// <summary>Time that a program which is told to stop has to do so before its whole group is killed. Default: 2 s.</summary>
    public TimeSpan KillAfter { get; init => field = ExecutorOptions.OrForEver(value); } = TimeSpan.FromSeconds(2);

    /// <summary>Bytes kept of standard output and of standard error, each: the first and the last half of what was written. Default: 1 MiB.</summary>
    public int OutputLimit { get; init; } = 1 << 20;

    /// <summary>Receives each line of standard output as it is written; '\r' ends a line too.</summary>
    /// <remarks>Called on the thread that watches every running command, so it must return at once. If it throws, the program is stopped.</remarks>
    public Action<string>? OnOutputLine { get; init; }

    /// <summary>Receives each line of standard error as it is written; see <see cref="OnOutputLine"/>.</summary>
    public Action<string>? OnErrorLine { get; init; }

    /// <summary>Receives the id of the process once the program runs in it.</summary>
    /// <remarks>Called on the thread that starts commands, so it must return at once, and must not throw. The id is the program's until the run has ended.</remarks>
    public Action<int>? OnStarted { get; init; }

    /// <summary>
    /// Whether the program is killed when this process ends first, even by SIGKILL. Costs this process one small shell. Linux only. Default: yes.
    /// </summary>
    public bool EndWithCaller { get; init; } = true;

    /// <summary>A command with the given arguments and every option at its default.</summary>
    public static ExternalCommand Create(string program, params IReadOnlyList<string> arguments)
    {
        ArgumentException.ThrowIfNullOrEmpty(program);
        ArgumentNullException.ThrowIfNull(arguments);
        return new ExternalCommand { Program = program, Arguments = [.. arguments] };
    }

    /// <summary>
    /// Runs the program to its end. The end is that of the process itself: a child of it that lives on, even with the output open, is not waited
    /// for. An exit code other than 0 is a result, not an exception.
    /// </summary>
    /// <param name="cancellationToken">Stops the program and its process group: politely (SIGTERM), after <see cref="KillAfter"/> for good.</param>
    /// <exception cref="CommandStartException">The program does not exist or cannot be started.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the program has ended by then.</exception>
    public Task<CommandResult> RunAsync(CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(Program);
        ArgumentNullException.ThrowIfNull(Arguments);
        ArgumentNullException.ThrowIfNull(Environment);
        if (Arguments.Any(argument => argument is null))
            throw new ArgumentException("An argument is null; leave it out, or make it empty.", nameof(Arguments));
        ArgumentOutOfRangeException.ThrowIfNegative(OutputLimit);
        ArgumentOutOfRangeException.ThrowIfLessThan(KillAfter, TimeSpan.Zero);
        if (Timeout is { } timeout)
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero, nameof(Timeout));

        return cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<CommandResult>(cancellationToken)
            : CommandReactor.IsAvailable
                ? CommandReactor.Shared.RunAsync(this, cancellationToken)
                : PortableCommand.RunAsync(this, cancellationToken);
    }

    /// <summary>The command line for people to read, quoted the way a POSIX shell wants it.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (string word in Arguments.Prepend(Program))
        {
            if (text.Length > 0)
                text.Append(' ');
            if (word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || "-_./:=@,+%~^".Contains(c, StringComparison.Ordinal)))
                text.Append(word);
            else
                text.Append('\'').Append(word.Replace("'", @"'\''", StringComparison.Ordinal)).Append('\'');
        }

        return text.ToString();
    }

    /// <summary>This process's environment with the command's changes applied.</summary>
    internal Dictionary<string, string> BuildEnvironment()
    {
        var environment = new Dictionary<string, string>();
        foreach (System.Collections.DictionaryEntry entry in System.Environment.GetEnvironmentVariables())
            environment[(string)entry.Key] = (string?)entry.Value ?? "";
        foreach (var (name, value) in Environment)
        {
            if (value is null)
                environment.Remove(name);
            else
                environment[name] = value;
        }

        return environment;
    }
}
