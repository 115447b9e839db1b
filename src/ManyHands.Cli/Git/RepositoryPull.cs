using System.Diagnostics;
using System.Globalization;
using ManyHands.Cli.Commands;

namespace ManyHands.Cli.Git;

/// <summary>
/// Pulls the working trees of one group, one after the other: fetch; compare; and only where the branch is behind and nothing is in the way, a
/// fast-forward. What the files of the repository tell for sure is not asked of Git, because every Git process costs 3 to 5 ms of processor time.
/// </summary>
internal sealed class RepositoryPull(GitProgram git, PullOptions options, IPullReport report, PullSummary summary, PullGroup group)
{
    // Settings rather than options: every Git knows them, or ignores them.
    private static readonly string[] _noMaintenance = ["-c", "maintenance.auto=false", "-c", "gc.auto=0"];

    private readonly Dictionary<string, CommandResult> _fetches = [];
    private TimeSpan _wall;
    private TimeSpan _cpu;

    /// <param name="mayTryAgain">Whether a refusal because of too many connections is returned instead of reported.</param>
    /// <param name="cancellationToken">Stops the running Git process and reports the rest as stopped.</param>
    public async Task<PullCost> RunAsync(bool mayTryAgain, CancellationToken cancellationToken)
    {
        foreach (var repository in group.Repositories)
        {
            report.Started(repository);
            long start = Stopwatch.GetTimestamp();
            var result = await PullAsync(repository, cancellationToken).ConfigureAwait(false);
            if (mayTryAgain && repository == group.Repositories[0]
                && _fetches.Values.Any(fetch => !fetch.Succeeded && FetchFailure.IsThrottling(fetch.Error)))
            {
                report.Postponed(repository);
                return new PullCost(_wall, _cpu, Throttled: true);
            }

            result = result with { Time = Stopwatch.GetElapsedTime(start) };
            summary.Add(result);
            report.Finished(result);
        }

        return new PullCost(_wall, _cpu, Throttled: false);
    }

    private async Task<PullResult> PullAsync(Repository repository, CancellationToken cancellationToken)
    {
        string? branch = RepositoryFiles.Branch(repository);
        try
        {
            var news = await FetchAsync(repository, branch, cancellationToken).ConfigureAwait(false);
            var result = news.Failure
                ?? (repository.Kind == RepositoryKind.Bare
                    ? new PullResult(repository, PullState.BareFetched) { HasNews = news.Changed }
                    : await UpdateAsync(repository, branch, news, cancellationToken).ConfigureAwait(false));
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

    private async Task<News> FetchAsync(Repository repository, string? branch, CancellationToken cancellationToken)
    {
        string? remote = (branch is null ? null : group.Config.RemoteOf(branch)) ?? group.Config.DefaultRemote;
        if (remote is null && group.Config is { IsPlain: true, Remotes.Count: 0 })
            return new News();

        bool isFirst = !_fetches.TryGetValue(remote ?? "", out var fetch);
        if (fetch is null)
        {
            fetch = await RunFetchAsync(repository, remote, cancellationToken).ConfigureAwait(false);
            _fetches[remote ?? ""] = fetch;
        }

        if (fetch.TimedOut)
            return Failure(PullState.Timeout, TooLong("git fetch"));
        if (!fetch.Succeeded)
        {
            var (state, message) = FetchFailure.Classify(fetch.Error);
            return Failure(state, message);
        }

        return new News
        {
            Changed = fetch.Error.Contains(" -> ", StringComparison.Ordinal),
            Head = isFirst ? RepositoryFiles.ReadFetchHead(repository) : default,
        };

        News Failure(PullState state, string message) => new() { Failure = new PullResult(repository, state) { Message = message } };
    }

    private async Task<CommandResult> RunFetchAsync(Repository repository, string? remote, CancellationToken cancellationToken)
    {
        // The tidying up that Git considers after each fetch costs a process to find out that it is not needed.
        List<string> arguments =
        [
            "-c", "credential.interactive=false",
            .. RepositoryFiles.NeedsMaintenance(repository) ? [] : _noMaintenance,
            "fetch", "--no-recurse-submodules",
        ];
        if (options.Prune)
            arguments.Add("--prune");
        if (report.WantsProgress)
            arguments.Add("--progress");
        if (remote is not null && group.Config.IsPlain)
            arguments.Add(remote);

        Action<string>? onProgress = report.WantsProgress ? line => report.Progress(repository, line) : null;
        var fetch = group.Remote.Transport == Transport.Ssh || !group.Config.IsPlain
            ? await git.RunOverSshAsync(repository, arguments, onProgress, cancellationToken).ConfigureAwait(false)
            : await git.RunAsync(repository, arguments, onProgress, cancellationToken).ConfigureAwait(false);
        return Count(fetch);
    }

    private async Task<PullResult> UpdateAsync(Repository repository, string? branch, News news, CancellationToken cancellationToken)
    {
        bool followsRemote = branch is not null && group.Config.IsPlain
            && group.Config.MergeOf(branch) is not null && group.Config.RemoteOf(branch) is not (null or ".");
        string? commit = branch is null ? null : RepositoryFiles.Commit(repository, branch);
        if (followsRemote && commit is not null && news.Head.IsKnown)
        {
            if (news.Head.Commit == commit)
                return new PullResult(repository, PullState.UpToDate);

            // The remote-tracking branch may still be there: without --prune Git keeps it, and status sees nothing wrong.
            if (news.Head.IsEmpty)
            {
                string gone = $"{group.Config.MergeOf(branch!)} is gone from {group.Config.RemoteOf(branch!)}";
                return new PullResult(repository, PullState.UpstreamGone) { Message = gone };
            }
        }

        var status = Count(await git.RunAsync(repository, WorkingTree.Command, null, cancellationToken).ConfigureAwait(false));
        if (status.TimedOut)
            return new PullResult(repository, PullState.Timeout) { Message = TooLong("git status") };
        if (!status.Succeeded)
            return new PullResult(repository, PullState.Failed) { Message = FetchFailure.Sentence(status.Error) };

        var tree = WorkingTree.Parse(status.Output);
        bool isFirstCommit = tree is { Commit: null, HasUpstream: true } && news.Head.Commit is not null;
        var judged = Judge(repository, tree, isFirstCommit);
        return judged.State == PullState.Updated
            ? await FastForwardAsync(judged, tree, cancellationToken).ConfigureAwait(false)
            : judged;
    }

    /// <summary>The state of a working tree after the fetch; updated where the branch may move.</summary>
    private PullResult Judge(Repository repository, WorkingTree tree, bool isFirstCommit)
    {
        // HEAD's own commit first: where there is none, nothing else means anything.
        return tree switch
        {
            { Commit: null } when !isFirstCommit => State(PullState.Empty, "no commit yet"),
            { Branch: null } => State(PullState.Detached, $"HEAD is at {tree.Commit![..7]}, on no branch"),
            { HasUpstream: false } => State(PullState.NoUpstream, "the branch follows no remote branch"),
            { UpstreamExists: false } when !isFirstCommit => State(PullState.UpstreamGone, "the branch that it follows is gone"),
            { Ahead: > 0, Behind: > 0 } => State(PullState.Diverged, $"{tree.Ahead} ahead, {tree.Behind} behind"),
            { Ahead: > 0 } => State(PullState.Ahead, $"{tree.Ahead} ahead"),
            { Behind: 0 } when !isFirstCommit => State(PullState.UpToDate, ""),
            _ when options.FetchOnly => State(PullState.Fetched, $"{tree.Behind} behind"),
            { IsDirty: true } when !options.FastForwardDirty => State(PullState.Dirty, $"{tree.Behind} behind, uncommitted changes"),
            _ => State(PullState.Updated, ""),
        };

        PullResult State(PullState state, string message) => new(repository, state) { Branch = tree.Branch, Message = message };
    }

    private async Task<PullResult> FastForwardAsync(PullResult behind, WorkingTree tree, CancellationToken cancellationToken)
    {
        // --no-stat and no tidying up: neither is read here, and the fetch tidies when it is due.
        var merge = Count(await git.RunAsync(
            behind.Repository,
            [.. _noMaintenance, "merge", "--ff-only", "--no-stat", "@{upstream}"],
            null,
            cancellationToken).ConfigureAwait(false));
        if (merge.Succeeded)
        {
            string[] moved = Moved(merge.Output);
            return behind with { From = moved.ElementAtOrDefault(0), To = moved.ElementAtOrDefault(1), Commits = tree.Behind };
        }

        if (merge.TimedOut)
            return behind with { State = PullState.Timeout, Message = TooLong("git merge --ff-only") };
        if (merge.Error.Contains("would be overwritten by merge", StringComparison.Ordinal))
            return behind with { State = PullState.Dirty, Message = $"{tree.Behind} behind, files in the way: {FetchFailure.Sentence(merge.Error)}" };
        var (state, message) = FetchFailure.Classify(merge.Error);
        return behind with { State = state == PullState.Locked ? state : PullState.Failed, Message = message };
    }

    /// <summary>The two commits in "Updating a1b2c3d..e4f5a6b".</summary>
    private static string[] Moved(string output)
    {
        const string prefix = "Updating ";
        string? line = output.Split('\n').FirstOrDefault(line => line.StartsWith(prefix, StringComparison.Ordinal));
        return line is null ? [] : line[prefix.Length..].Split("..");
    }

    private string TooLong(string command) => string.Create(
        CultureInfo.InvariantCulture, $"{command} did not end within {options.Timeout.TotalSeconds:0.###} s");

    private CommandResult Count(CommandResult result)
    {
        _wall += result.WallTime;
        _cpu += result.CpuTime;
        return result;
    }

    /// <summary>What a fetch brought, or why it failed.</summary>
    private readonly record struct News(PullResult? Failure, bool Changed, FetchHead Head);
}
