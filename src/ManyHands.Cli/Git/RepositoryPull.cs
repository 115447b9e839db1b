using System.Diagnostics;
using ManyHands.Cli.Commands;

namespace ManyHands.Cli.Git;

/// <summary>
/// Pulls the working trees of one group, one after the other: fetch; compare; and only if the branch is behind and nothing is in the way, a
/// fast-forward. What the files of the repository tell for sure is not asked of Git, because every Git process costs 3 to 5 ms of processor time.
/// </summary>
internal sealed class RepositoryPull(GitProgram git, PullOptions options, IPullReport report, PullSummary summary, PullGroup group)
{
    private readonly Dictionary<string, Fetch> _fetches = [];
    private readonly GitRun _run = new(git, options);

    /// <param name="mayTryAgain">Whether a refusal because of too many connections is returned instead of reported.</param>
    /// <param name="cancellationToken">Stops the running Git process and reports the rest as stopped.</param>
    public async Task<PullCost> RunAsync(bool mayTryAgain, CancellationToken cancellationToken)
    {
        bool isUnreported = true;
        foreach (var repository in group.Repositories)
        {
            report.Started(repository);
            long start = Stopwatch.GetTimestamp();
            var result = await PullAsync(repository, cancellationToken).ConfigureAwait(false);
            if (mayTryAgain && isUnreported && _fetches.Values.Any(fetch => !fetch.Result.Succeeded && FetchFailure.IsThrottling(fetch.Result.Error)))
            {
                report.Postponed(repository);
                return new PullCost(_run.Wall, _run.Cpu, Throttled: true);
            }

            result = result with { Time = Stopwatch.GetElapsedTime(start) };
            summary.Add(result);
            report.Finished(result);
            isUnreported = false;
        }

        return new PullCost(_run.Wall, _run.Cpu, Throttled: false);
    }

    private async Task<PullResult> PullAsync(Repository repository, CancellationToken cancellationToken)
    {
        if (repository.Refusal is { } refusal)
            return new PullResult(repository, refusal.State) { Message = refusal.Message };

        string? branch = null;
        try
        {
            branch = await _run.BranchAsync(repository, cancellationToken).ConfigureAwait(false);
            var result = await PullAsync(repository, branch, cancellationToken).ConfigureAwait(false);
            return result with { Branch = result.Branch ?? branch };
        }
        catch (OperationCanceledException)
        {
            return new PullResult(repository, PullState.Failed) { Branch = branch, Message = "stopped" };
        }
        catch (Exception failure) when (failure is CommandStartException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return new PullResult(repository, PullState.Failed) { Branch = branch, Message = failure.Message };
        }
    }

    private async Task<PullResult> PullAsync(Repository repository, string? branch, CancellationToken cancellationToken)
    {
        var settings = repository.Settings;
        string? remote = (branch is null ? null : settings.RemoteOf(branch)) ?? settings.DefaultRemote;
        bool isBare = repository.Kind == RepositoryKind.Bare;
        if (isBare && (remote is null || !settings.HasFetchRules(remote)))
            return new PullResult(repository, PullState.NoUpstream) { Message = WithoutRules(repository, remote) };

        Fetch? fetch = null;
        if (remote is not null)
        {
            bool isShared = _fetches.TryGetValue(remote, out fetch);
            fetch ??= _fetches[remote] = await FetchAsync(repository, remote, cancellationToken).ConfigureAwait(false);

            // Another working tree's fetch brings what the remote's rules say. A branch that follows something else fetches it for itself.
            if (isShared && fetch.Result.Succeeded && branch is not null && settings.MergesOf(branch).Any(merge => fetch.Heads.CommitOf(merge) is null))
                fetch = await FetchAsync(repository, remote, cancellationToken).ConfigureAwait(false);
            if (_run.Failure(repository, fetch.Result, "git fetch") is { } failure)
                return failure;
        }

        return isBare
            ? new PullResult(repository, PullState.BareFetched) { HasNews = fetch!.Result.Error.Contains(" -> ", StringComparison.Ordinal) }
            : await new BranchUpdate(_run, options, repository, branch, fetch?.Heads ?? FetchedHeads.Nothing, fetch?.Result.Error ?? "")
                .RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private static string WithoutRules(Repository repository, string? remote) => remote is null
        ? "it has no remote"
        : $"nothing says which branches of {remote} it fetches; for all of them: git -C {RawPath.Word(repository.Path)} "
            + ExternalCommand.Create("config", $"remote.{remote}.fetch", "+refs/heads/*:refs/heads/*");

    private async Task<Fetch> FetchAsync(Repository repository, string remote, CancellationToken cancellationToken)
    {
        // The tidying up that Git considers after each fetch costs a process to find out that it is not needed.
        List<string> arguments =
        [
            .. GitRun.NeverAsk,
            .. RepositoryFiles.NeedsMaintenance(repository) ? [] : GitRun.NoMaintenance,
            "fetch", "--no-recurse-submodules",
        ];
        if (options.Prune)
            arguments.Add("--prune");
        if (report.WantsProgress)
            arguments.Add("--progress");
        arguments.AddRange(["--", remote]);

        Action<string>? onProgress = report.WantsProgress ? line => report.Progress(repository, line) : null;
        var result = _run.Count(await git.FetchAsync(repository, arguments, onProgress, cancellationToken).ConfigureAwait(false));
        return new Fetch(result, result.Succeeded ? FetchedHeads.Read(repository) : FetchedHeads.Nothing);
    }

    private sealed record Fetch(CommandResult Result, FetchedHeads Heads);
}
