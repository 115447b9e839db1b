using System.Globalization;
using ManyHands.Cli.Commands;

namespace ManyHands.Cli.Git;

/// <summary>The Git processes of one group, and what they cost.</summary>
internal sealed class GitRun(GitProgram git, PullOptions options)
{
    /// <summary>Settings rather than options: every Git knows them, or ignores them.</summary>
    public static IReadOnlyList<string> NoMaintenance { get; } = ["-c", "maintenance.auto=false", "-c", "gc.auto=0"];

    /// <summary>What keeps credential helpers from opening a window.</summary>
    public static IReadOnlyList<string> NeverAsk { get; } = ["-c", "credential.interactive=false"];

    public TimeSpan Wall { get; private set; }

    public TimeSpan Cpu { get; private set; }

    /// <summary>Adds what a process cost.</summary>
    public CommandResult Count(CommandResult result)
    {
        Wall += result.WallTime;
        Cpu += result.CpuTime;
        return result;
    }

    /// <summary>The branch that HEAD names, or null.</summary>
    public async Task<string?> BranchAsync(Repository repository, CancellationToken cancellationToken)
    {
        if (RepositoryFiles.Branch(repository) is { } branch)
            return branch;

        // No branch, another format, or a HEAD of the first days, which is a link.
        const string prefix = "refs/heads/";
        string reference = (await AskAsync(repository, ["symbolic-ref", "--quiet", "HEAD"], cancellationToken).ConfigureAwait(false)).Output.TrimEnd('\n');
        return reference.StartsWith(prefix, StringComparison.Ordinal) ? reference[prefix.Length..] : null;
    }

    public async Task<CommandResult> AskAsync(Repository repository, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        Count(await git.AskAsync(repository.Path, arguments, cancellationToken).ConfigureAwait(false));

    public async Task<CommandResult> UpdateAsync(
        Repository repository, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> variables, CancellationToken cancellationToken) =>
        Count(await git.UpdateAsync(repository, [.. NeverAsk, .. NoMaintenance, .. arguments], variables, cancellationToken).ConfigureAwait(false));

    /// <summary>The result of a repository whose command failed; null if it did not.</summary>
    public PullResult? Failure(Repository repository, CommandResult result, string command)
    {
        if (result.TimedOut)
        {
            string message = string.Create(CultureInfo.InvariantCulture, $"{command} did not end within {options.Timeout.TotalSeconds:0.###} s");
            return new PullResult(repository, PullState.Timeout) { Message = message };
        }

        if (result.Succeeded)
            return null;
        var (state, reason) = FetchFailure.Classify(result.Error);
        return new PullResult(repository, state) { Message = reason };
    }
}
