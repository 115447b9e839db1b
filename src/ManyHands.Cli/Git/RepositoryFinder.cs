using System.IO.Enumeration;
using ManyHands.Cli.Commands;

namespace ManyHands.Cli.Git;

/// <summary>
/// Walks folders and finds what looks like a repository, without reading any file. Does not look inside a repository unless told to, nor into
/// node_modules; follows links to folders, but takes no folder twice, so a link that leads back up ends there.
/// </summary>
internal sealed class RepositoryFinder(PullOptions options)
{
    private readonly List<Root> _roots = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<Candidate> _found = [];
    private readonly List<string> _unreadable = [];
    private readonly Queue<Link> _links = [];

    private int _searched;

    /// <summary>Folders that have been looked at. May be read from any thread.</summary>
    public int Searched => Volatile.Read(ref _searched);

    /// <summary>Repositories that have been found. May be read from any thread.</summary>
    public int Found => _found.Count;

    /// <summary>Folders that could not be read.</summary>
    public IReadOnlyList<string> Unreadable => _unreadable;

    /// <returns>The repositories at and below the paths.</returns>
    /// <exception cref="UsageException">A path is no folder, or there is no repository.</exception>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    public IReadOnlyList<Candidate> Find(CancellationToken cancellationToken = default)
    {
        foreach (string path in options.Paths)
        {
            string full = RawPath.FromCommandLine(path);
            if (!Directory.Exists(RawPath.Open(full)))
            {
                throw new UsageException(File.Exists(path)
                    ? $"hands pull: '{path}' is a file, not a folder."
                    : $"hands pull: there is no folder '{path}'.");
            }

            string name = Path.TrimEndingDirectorySeparator(path.Contains('\uFFFD', StringComparison.Ordinal) ? RawPath.Show(full) : path);
            var root = new Root(RealPath(full), name == "." ? "" : name);
            _roots.Add(root);
            Walk(root.Path, root.Name, depth: 0, Above(root.Path).Any(Candidate.HasDotGit), cancellationToken);
        }

        // After everything else, so that a repository is known by its own name rather than by a link's.
        while (_links.TryDequeue(out var link))
        {
            string target = RealPath(link.Path);
            if (Directory.Exists(RawPath.Open(target)) && !_roots.Exists(root => IsAtOrAbove(target, root.Path)))
                Walk(target, link.Name, link.Depth, link.IsInside, cancellationToken);
        }

        if (_found.Count == 0)
            throw new UsageException(NothingFound());
        return _found;
    }

    /// <summary>A working tree that its repository knows of, if it lies at or below the paths and nothing excludes it; else null.</summary>
    public Candidate? CandidateAt(string path)
    {
        if (_roots.Find(root => IsAtOrAbove(root.Path, path)) is not { } root)
            return null;
        string below = RawPath.Show(Path.GetRelativePath(root.Path, path));
        string name = below == "." ? root.Name : root.Name.Length == 0 ? below : $"{root.Name}/{below}";
        return !Matches(options.Exclude, name, path) && IsWanted(name, path)
            ? new Candidate(name.Length == 0 ? "." : name, path, IsEmbedded: false)
            : null;
    }

    // A link that leads up and out would have folders updated that nobody named.
    private static bool IsAtOrAbove(string folder, string root) =>
        root == folder || root.StartsWith(folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private void Walk(string path, string name, int depth, bool isInside, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Volatile.Write(ref _searched, _searched + 1);
        if (!_seen.Add(path) || Matches(options.Exclude, name, path))
            return;

        try
        {
            bool hasDotGit = Candidate.HasDotGit(path);
            bool isBare = !hasDotGit && Candidate.LooksBare(path);
            if ((hasDotGit || isBare) && IsWanted(name, path))
                _found.Add(new Candidate(name.Length == 0 ? "." : name, path, IsEmbedded: isBare && isInside && depth > 0));
            if (isBare || (hasDotGit && !options.Nested) || depth == options.Depth)
                return;

            foreach (string folder in RawPath.FolderNames(path))
            {
                if (folder is ".git" or "node_modules")
                    continue;
                string full = Path.Combine(path, folder);
                string below = name.Length == 0 ? RawPath.Show(folder) : $"{name}/{RawPath.Show(folder)}";
                if (RawPath.LinkTarget(full) is null)
                    Walk(full, below, depth + 1, isInside || hasDotGit, cancellationToken);
                else
                    _links.Enqueue(new Link(full, below, depth + 1, isInside || hasDotGit));
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            _unreadable.Add(name.Length == 0 ? RawPath.Show(path) : name);
        }
    }

    private bool IsWanted(string name, string path) => options.Include.Count == 0 || Matches(options.Include, name, path);

    private static bool Matches(IReadOnlyList<string> patterns, string name, string path) => patterns.Any(pattern =>
        FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false)
        || FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(path), ignoreCase: false));

    private string NothingFound()
    {
        string where = string.Join(", ", _roots.Select(root => $"'{RawPath.Show(root.Path)}'"));
        return Above(_roots[0].Path).FirstOrDefault(above => Candidate.HasDotGit(above) || Candidate.LooksBare(above)) is { } repository
            ? $"hands pull: no Git repositories below {where}. The folder lies inside the repository '{RawPath.Show(repository)}': give that one."
            : $"hands pull: no Git repositories below {where} (searched {options.Depth} folders deep, --depth changes that).";
    }

    private static IEnumerable<string> Above(string path)
    {
        for (string? above = Path.GetDirectoryName(path); above is not null; above = Path.GetDirectoryName(above))
            yield return above;
    }

    /// <summary>The path without links, so that one folder has one name.</summary>
    public static string RealPath(string path)
    {
        // Forty links are what the kernel follows too.
        for (int links = 0; links < 40; links++)
        {
            string real = Path.GetPathRoot(path)!;
            string[] parts = path[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
            int i = 0;
            string? target = null;
            for (; i < parts.Length && target is null; i++)
            {
                string next = Path.Combine(real, parts[i]);
                target = RawPath.LinkTarget(next);
                if (target is null)
                    real = next;
            }

            if (target is null)
                return real;
            path = Path.GetFullPath(Path.Combine([target, .. parts[i..]]), real);
        }

        return path;
    }

    private sealed record Root(string Path, string Name);

    private sealed record Link(string Path, string Name, int Depth, bool IsInside);
}
