namespace ManyHands.Cli.Git;

/// <summary>
/// Has Git say what the folders that were found are, and whether it trusts them, before anything in them is read. Finds the working trees of bare
/// repositories too, which only their repository knows.
/// </summary>
internal sealed class RepositoryDiscovery(GitProgram git, RepositoryFinder finder)
{
    /// <returns>All that was found, ordered by name, each with its settings or with the reason why Git refuses it.</returns>
    public async Task<IReadOnlyList<Repository>> RunAsync(IReadOnlyList<Candidate> candidates, CancellationToken cancellationToken)
    {
        List<Repository> repositories = [.. await OpenAllAsync(candidates.Where(candidate => !candidate.IsEmbedded), cancellationToken).ConfigureAwait(false)];
        var trees = new HashSet<string>(StringComparer.Ordinal);
        foreach (var bare in repositories.Where(repository => repository.Kind == RepositoryKind.Bare).ToList())
            trees.UnionWith(await WorkingTreesAsync(bare, cancellationToken).ConfigureAwait(false));
        trees.ExceptWith(candidates.Select(candidate => candidate.Path));
        repositories.AddRange(await OpenAllAsync(trees.Select(finder.CandidateAt).OfType<Candidate>(), cancellationToken).ConfigureAwait(false));

        // A bare repository can be found by the .git file that leads to it, and by itself.
        var known = repositories.SelectMany(repository => new[] { repository.GitDirectory, repository.CommonDirectory }).ToHashSet(StringComparer.Ordinal);
        repositories.AddRange(await OpenAllAsync(
            candidates.Where(candidate => candidate.IsEmbedded && !known.Contains(candidate.Path)), cancellationToken).ConfigureAwait(false));
        return
        [
            .. repositories.OrderBy(repository => repository.Name, StringComparer.Ordinal)
                .DistinctBy(repository => repository.Kind == RepositoryKind.Bare ? repository.GitDirectory : repository.Path, StringComparer.Ordinal),
        ];
    }

    private async Task<Repository[]> OpenAllAsync(IEnumerable<Candidate> candidates, CancellationToken cancellationToken)
    {
        Candidate[] all = [.. candidates];
        var opened = new Repository[all.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = 2 * Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, all.Length, options, async (i, stop) => opened[i] = await OpenAsync(all[i], stop).ConfigureAwait(false))
            .ConfigureAwait(false);
        return opened;
    }

    private async Task<Repository> OpenAsync(Candidate candidate, CancellationToken cancellationToken)
    {
        try
        {
            if (candidate.IsEmbedded && await CameWithCheckoutAsync(candidate, cancellationToken).ConfigureAwait(false))
                return Embedded(candidate);

            string folder = RawPath.Open(candidate.Path);
            string dotGit = Path.Combine(folder, ".git");
            var answers = new List<string>();
            foreach (string[] questions in Questions(candidate.Path))
            {
                var answer = await git.AskAsync(candidate.Path, ["rev-parse", .. questions], cancellationToken).ConfigureAwait(false);
                if (!answer.Succeeded)
                    return Refuse(candidate, answer);
                answers.AddRange(questions.Length == 1 ? [answer.Output.TrimEnd('\n')] : answer.Output.TrimEnd('\n').Split('\n'));
            }

            string gitDirectory = Real(answers[1]), commonDirectory = Real(answers[2]);
            if (gitDirectory.Contains('\uFFFD', StringComparison.Ordinal) && File.Exists(dotGit))
                (gitDirectory, commonDirectory) = Linked(candidate.Path);

            // A parent whose name has a colon, or is not UTF-8, cannot be named as the limit of Git's search: it may have found a repository further up.
            if (!File.Exists(dotGit) && gitDirectory != folder && gitDirectory != Real(".git"))
                return Broken(candidate);

            var (settings, settingsAnswer) = await git.AskSettingsAsync(candidate.Path, cancellationToken).ConfigureAwait(false);
            if (settings is null)
                return Refuse(candidate, settingsAnswer);
            var kind = answers[0] == "true" || gitDirectory == folder ? RepositoryKind.Bare
                : gitDirectory != commonDirectory ? RepositoryKind.Worktree
                : File.Exists(dotGit) && gitDirectory.Contains("/modules/", StringComparison.Ordinal) ? RepositoryKind.Submodule
                : RepositoryKind.Clone;
            return new Repository(candidate.Name, candidate.Path, kind, gitDirectory, commonDirectory) { Settings = settings };

            // What is below a folder that is only known by its bytes keeps the name by which it can be opened.
            string Real(string answer) =>
                RawPath.IsRaw(candidate.Path) ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(answer, folder)) : RepositoryFinder.RealPath(Path.GetFullPath(answer, folder));
        }
        catch (Exception failure) when (failure is CommandStartException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return Repository.Refused(candidate, PullState.Failed, failure.Message);
        }
    }

    /// <summary>Whether the working tree around a bare repository tracks it; also when that cannot be said.</summary>
    private async Task<bool> CameWithCheckoutAsync(Candidate bare, CancellationToken cancellationToken)
    {
        string folder = Path.GetDirectoryName(bare.Path)!;

        // In whatever case it is tracked: there are file systems to which that is the same file.
        string head = ":(icase,literal)" + Path.Combine(Path.GetFileName(bare.Path), "HEAD");
        var answer = await git.AskAroundAsync(folder, ["ls-files", "--error-unmatch", "--", head], cancellationToken).ConfigureAwait(false);
        return answer.ExitCode != 1;
    }

    /// <summary>
    /// Where the .git file of a working tree leads, for a name that is not UTF-8, which is not in Git's answer. Git has opened the repository by then.
    /// </summary>
    private static (string GitDirectory, string CommonDirectory) Linked(string path)
    {
        string line = RawPath.ReadLine(Path.Combine(RawPath.Open(path), ".git"));
        string gitDirectory = Path.GetFullPath(line["gitdir:".Length..].Trim(), path);
        string common = Path.Combine(RawPath.Open(gitDirectory), "commondir");
        string commonDirectory = File.Exists(common) ? Path.GetFullPath(RawPath.ReadLine(common), gitDirectory) : gitDirectory;
        return (RawPath.Open(gitDirectory), RawPath.Open(commonDirectory));
    }

    /// <summary>What is asked, in one process: the answers are lines. In three if they can contain line ends themselves.</summary>
    private static IEnumerable<string[]> Questions(string path)
    {
        string[] questions = ["--is-bare-repository", "--git-dir", "--git-common-dir"];
        return path.Contains('\n', StringComparison.Ordinal) ? questions.Select(question => new[] { question }) : [questions];
    }

    // What cannot be read is no working tree that could be updated, and no reason to leave out the others.
    private async Task<IReadOnlyList<string>> WorkingTreesAsync(Repository bare, CancellationToken cancellationToken)
    {
        string folder = Path.Combine(bare.CommonDirectory, "worktrees");
        if (!Directory.Exists(folder))
            return [];
        try
        {
            var answer = await git.AskAsync(bare.Path, ["worktree", "list", "--porcelain"], cancellationToken).ConfigureAwait(false);
            if (answer.Output.Contains('\uFFFD', StringComparison.Ordinal))
                return [.. Directory.EnumerateDirectories(folder).Select(LinkedTree).OfType<string>().Where(Candidate.HasDotGit)];
            const string prefix = "worktree ";
            return
            [
                .. answer.Output.Split('\n').Where(line => line.StartsWith(prefix, StringComparison.Ordinal))
                    .Select(line => RepositoryFinder.RealPath(line[prefix.Length..])).Where(path => path != bare.GitDirectory && Candidate.HasDotGit(path)),
            ];
        }
        catch (Exception failure) when (failure is CommandStartException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // Its file leads there, since Git 2.48 from where it lies if so set.
    private static string? LinkedTree(string entry)
    {
        try
        {
            return Path.GetDirectoryName(Path.GetFullPath(RawPath.ReadLine(Path.Combine(entry, "gitdir")), entry));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static Repository Refuse(Candidate candidate, CommandResult answer)
    {
        if (answer.TimedOut)
            return Repository.Refused(candidate, PullState.Timeout, "git did not say in time what this repository is");
        if (answer.Error.Contains("not a git repository (or any", StringComparison.Ordinal))
            return Broken(candidate);
        var (state, message) = FetchFailure.Classify(answer.Error);
        return Repository.Refused(candidate, state, message);
    }

    private static Repository Broken(Candidate candidate) => Repository.Refused(
        candidate, PullState.Failed, "there is a .git, but it is no Git repository: its HEAD, objects or refs are missing or damaged");

    private static Repository Embedded(Candidate candidate) => Repository.Refused(
        candidate,
        PullState.Unsafe,
        "this bare repository came with the checkout around it, and its settings can run programs; if you trust it: "
        + $"hands pull {RawPath.Word(candidate.Path)}");
}
