using System.Globalization;
using System.Text.RegularExpressions;
using ManyHands.Cli.Commands;

namespace ManyHands.Cli.Git;

/// <summary>
/// Compares the branch of one working tree with what was fetched for it, and moves it forward if it is behind and nothing is in the way. What it
/// follows is taken from the fetch, as `git pull` does: not every remote branch has a reference here that follows it.
/// </summary>
internal sealed partial class BranchUpdate(
    GitRun run, PullOptions options, Repository repository, string? branch, FetchedHeads heads, string fetchOutput)
{
    private const string MergeOptionsVariable = "HANDS_MERGE_OPTIONS";

    // Files elsewhere; here references like all others, which only Git can read.
    private static readonly (string Reference, string What)[] _operationReferences = [("CHERRY_PICK_HEAD", "cherry-pick"), ("REVERT_HEAD", "revert")];

    private readonly IReadOnlyList<string> _follows =
        branch is not null && repository.Settings.RemoteOf(branch) is not null ? repository.Settings.MergesOf(branch) : [];

    public async Task<PullResult> RunAsync(CancellationToken cancellationToken)
    {
        string? target = _follows.Count == 1 ? heads.CommitOf(_follows[0]) : null;
        string? commit = branch is null ? null : RepositoryFiles.Commit(repository, branch);
        if (commit is not null && commit == target)
            return State(PullState.UpToDate, "");
        if (commit is not null && _follows.Count == 1 && target is null)
            return Gone();

        var status = await run.AskAsync(repository, WorkingTree.Command, cancellationToken).ConfigureAwait(false);
        if (run.Failure(repository, status, "git status") is { } failure)
            return failure;
        var tree = WorkingTree.Parse(status.Output);
        if (tree.Branch != branch)
            return State(PullState.Locked, $"another program has switched to {tree.Branch ?? "no branch"} meanwhile; pull again");

        string? operation = await OperationAsync(cancellationToken).ConfigureAwait(false);
        if (tree.Commit is null)
            return target is null ? State(PullState.Empty, "no commit yet") : await MoveAsync(tree, target, behind: 0, operation, cancellationToken).ConfigureAwait(false);
        if (branch is null)
        {
            return operation is null
                ? State(PullState.Detached, $"HEAD is at {tree.Commit[..7]}, on no branch")
                : InProgress(operation);
        }

        if (_follows.Count != 1)
        {
            return _follows.Count == 0
                ? State(PullState.NoUpstream, "the branch follows no remote branch")
                : State(PullState.Diverged, $"the branch follows {_follows.Count} remote branches, which only a merge can join");
        }

        return target is null ? Gone() : await CompareAsync(tree, target, operation, cancellationToken).ConfigureAwait(false);
    }

    private async Task<PullResult> CompareAsync(WorkingTree tree, string target, string? operation, CancellationToken cancellationToken)
    {
        var counts = await run.AskAsync(repository, ["rev-list", "--left-right", "--count", $"{tree.Commit}...{target}"], cancellationToken)
            .ConfigureAwait(false);
        if (run.Failure(repository, counts, "git rev-list") is { } failure)
            return failure;
        int[] sides = [.. counts.Output.Split('\t').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
        var (ahead, behind) = (sides[0], sides[1]);

        if (ahead > 0 && operation is null)
        {
            int lost = await LostAsync(tree.Commit!, target, cancellationToken).ConfigureAwait(false);
            if (lost > 0)
                return State(PullState.Rewritten, $"a forced push took {lost} of its commits from the upstream: {ahead} ahead, {behind} behind");
        }

        return (ahead, behind) switch
        {
            (0, 0) => State(PullState.UpToDate, ""),
            (_, 0) => State(PullState.Ahead, $"{ahead} ahead"),
            ( > 0, _) when operation is null => State(PullState.Diverged, $"{ahead} ahead, {behind} behind"),
            _ => await MoveAsync(tree, target, behind, operation, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>How many of our branch's commits the upstream once had and has no longer.</summary>
    private async Task<int> LostAsync(string commit, string target, CancellationToken cancellationToken)
    {
        // What was in the upstream before: this fetch says so if it changed now, else Git's log of the reference that follows it.
        var forced = ForcedUpdates().Matches(fetchOutput).FirstOrDefault(update => "refs/heads/" + update.Groups["name"].Value == _follows[0]);
        string[] question = forced is null
            ? ["merge-base", "--fork-point", "@{upstream}", commit]
            : ["merge-base", forced.Groups["old"].Value, commit];
        var shared = await run.AskAsync(repository, question, cancellationToken).ConfigureAwait(false);
        if (!shared.Succeeded)
            return 0;
        var lost = await run.AskAsync(repository, ["rev-list", "--count", shared.Output.Trim(), $"^{target}"], cancellationToken).ConfigureAwait(false);
        return lost.Succeeded ? int.Parse(lost.Output, CultureInfo.InvariantCulture) : 0;
    }

    private async Task<string?> OperationAsync(CancellationToken cancellationToken)
    {
        string? operation = RepositoryFiles.Operation(repository);
        if (operation is not null || repository.Settings.HasFileReferences)
            return operation;
        foreach (var (reference, what) in _operationReferences)
        {
            if ((await run.AskAsync(repository, ["rev-parse", "--quiet", "--verify", reference], cancellationToken).ConfigureAwait(false)).Succeeded)
                return what;
        }

        return null;
    }

    private async Task<PullResult> MoveAsync(
        WorkingTree tree, string target, int behind, string? operation, CancellationToken cancellationToken)
    {
        if (operation is not null)
            return InProgress(operation);
        if (options.FetchOnly)
            return State(PullState.Fetched, $"{behind} behind");
        if (tree.IsDirty && !options.FastForwardDirty)
            return State(PullState.Dirty, $"{behind} behind, uncommitted changes");

        // Git's log of the branch says who moved it. No stash, whatever the settings say: what comes back from one can conflict.
        var variables = new Dictionary<string, string?> { ["GIT_REFLOG_ACTION"] = "hands pull" };
        List<string> arguments = ["-c", "merge.autoStash=false"];
        if (repository.Settings.HasMergeOptions(branch!))
        {
            // The user's options for merges (--no-ff, --autostash, a strategy) are for merges; some of them would make one.
            variables.Add(MergeOptionsVariable, "--ff-only");
            arguments.Add($"--config-env=branch.{branch}.mergeoptions={MergeOptionsVariable}");
        }

        var merge = await run.UpdateAsync(
            repository, [.. arguments, "merge", "--ff-only", "--no-stat", target], variables, cancellationToken).ConfigureAwait(false);
        if (merge.Succeeded)
        {
            string from = tree.Commit ?? "", to = target;
            return State(PullState.Updated, "") with { From = from.Length == 0 ? null : Short(from), To = Short(to), Commits = behind };
        }

        return merge.Error.Contains("would be overwritten by merge", StringComparison.Ordinal)
            ? State(PullState.Dirty, $"{behind} behind, files in the way: {FetchFailure.Sentence(merge.Error)}")
            : run.Failure(repository, merge, "git merge --ff-only")!;

        string Short(string commit) => Abbreviations(merge.Output).FirstOrDefault(part => part.Length > 0 && commit.StartsWith(part, StringComparison.Ordinal)) ?? commit[..10];
    }

    /// <summary>The two commits in "Updating a1b2c3d..e4f5a6b", as short as Git thinks fit here.</summary>
    private static string[] Abbreviations(string output)
    {
        const string prefix = "Updating ";
        string? line = output.Split('\n').FirstOrDefault(line => line.StartsWith(prefix, StringComparison.Ordinal));
        return line is null ? [] : line[prefix.Length..].Split("..");
    }

    private PullResult Gone() => State(PullState.UpstreamGone, $"{_follows[0]} is gone from {repository.Settings.RemoteOf(branch!)}");

    private PullResult InProgress(string operation) => State(PullState.InProgress, operation == "bisect"
        ? "a bisect is under way; end it with git bisect reset"
        : $"a {operation} is under way; continue or abort it first");

    private PullResult State(PullState state, string message) => new(repository, state) { Branch = branch, Message = message };

    // " + 1234567...89abcde main       -> origin/main  (forced update)"
    [GeneratedRegex(@"^ \+ (?<old>[0-9a-f]+)\.\.\.[0-9a-f]+ +(?<name>\S+) +-> .*\(forced update\)", RegexOptions.Multiline)]
    private static partial Regex ForcedUpdates();
}
