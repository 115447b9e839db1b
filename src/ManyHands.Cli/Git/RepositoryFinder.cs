using System.IO.Enumeration;
using ManyHands.Cli.Commands;

namespace ManyHands.Cli.Git;

/// <summary>
/// Walks folders and finds repositories. Does not look inside a repository unless told to, nor into node_modules; follows links to folders, but takes
/// no folder twice, so a link that leads back up ends there.
/// </summary>
internal sealed class RepositoryFinder(PullOptions options)
{
    private readonly List<string> _roots = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<Repository> _found = [];
    private readonly List<string> _unreadable = [];
    private readonly Queue<Link> _links = [];

    private int _searched;

    /// <summary>Folders that have been looked at. May be read from any thread.</summary>
    public int Searched => Volatile.Read(ref _searched);

    /// <summary>Repositories that have been found. May be read from any thread.</summary>
    public int Found => _found.Count;

    /// <summary>Folders that could not be read.</summary>
    public IReadOnlyList<string> Unreadable => _unreadable;

    /// <returns>The repositories at and below the paths, ordered by name.</returns>
    /// <exception cref="UsageException">A path is no folder, or there is no repository.</exception>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    public IReadOnlyList<Repository> Find(CancellationToken cancellationToken = default)
    {
        foreach (string path in options.Paths)
        {
            if (!Directory.Exists(path))
            {
                throw new UsageException(File.Exists(path)
                    ? $"hands pull: '{path}' is a file, not a folder."
                    : $"hands pull: there is no folder '{path}'.");
            }

            string name = Path.TrimEndingDirectorySeparator(path);
            _roots.Add(RealPath(Path.GetFullPath(path)));
            Walk(_roots[^1], name == "." ? "" : name, depth: 0, cancellationToken);
        }

        // After everything else, so that a repository is known by its own name rather than by a link's.
        while (_links.TryDequeue(out var link))
        {
            string target = RealPath(link.Path);
            if (Directory.Exists(target) && !_roots.Exists(root => IsAtOrAbove(target, root)))
                Walk(target, link.Name, link.Depth, cancellationToken);
        }

        if (_found.Count == 0)
            throw new UsageException(NothingFound());
        _found.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
        return _found;
    }

    // A link that leads up and out would have folders updated that nobody named.
    private static bool IsAtOrAbove(string folder, string root) =>
        root == folder || root.StartsWith(folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private void Walk(string path, string name, int depth, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Volatile.Write(ref _searched, _searched + 1);
        if (!_seen.Add(path) || Matches(options.Exclude, name, path))
            return;

        try
        {
            var repository = Repository.At(path, name.Length == 0 ? "." : name);
            if (repository is not null && (options.Include.Count == 0 || Matches(options.Include, name, path)))
                _found.Add(repository);
            if (repository is { Kind: RepositoryKind.Bare } || (repository is not null && !options.Nested) || depth == options.Depth)
                return;

            foreach (var folder in new DirectoryInfo(path).EnumerateDirectories())
            {
                if (folder.Name is ".git" or "node_modules")
                    continue;
                string below = name.Length == 0 ? folder.Name : $"{name}/{folder.Name}";
                if (folder.LinkTarget is null)
                    Walk(folder.FullName, below, depth + 1, cancellationToken);
                else
                    _links.Enqueue(new Link(folder.FullName, below, depth + 1));
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            _unreadable.Add(name.Length == 0 ? path : name);
        }
    }

    private static bool Matches(IReadOnlyList<string> patterns, string name, string path) => patterns.Any(pattern =>
        FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false)
        || FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(path), ignoreCase: false));

    private string NothingFound()
    {
        string where = string.Join(", ", options.Paths.Select(path => $"'{Path.GetFullPath(path)}'"));
        for (string? above = Path.GetDirectoryName(Path.GetFullPath(options.Paths[0])); above is not null; above = Path.GetDirectoryName(above))
        {
            if (Repository.At(above, above) is not null)
                return $"hands pull: no Git repositories below {where}. The folder lies inside the repository '{above}': give that one.";
        }

        return $"hands pull: no Git repositories below {where} (searched {options.Depth} folders deep, --depth changes that).";
    }

    /// <summary>The path without links, so that one folder has one name.</summary>
    private static string RealPath(string path)
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
                target = new DirectoryInfo(next).LinkTarget;
                if (target is null)
                    real = next;
            }

            if (target is null)
                return real;
            path = Path.GetFullPath(Path.Combine([target, .. parts[i..]]), real);
        }

        return path;
    }

    private sealed record Link(string Path, string Name, int Depth);
}
