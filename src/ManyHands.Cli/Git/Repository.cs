namespace ManyHands.Cli.Git;

/// <summary>What a found repository is.</summary>
internal enum RepositoryKind
{
    /// <summary>An ordinary clone.</summary>
    Clone,

    /// <summary>A repository without working tree.</summary>
    Bare,

    /// <summary>A further working tree of another repository.</summary>
    Worktree,

    /// <summary>The working tree of a submodule.</summary>
    Submodule,
}

/// <summary>A working tree, or a bare repository, that was found.</summary>
/// <param name="Name">As the user would write it: relative to where the search began.</param>
/// <param name="Path">The folder, absolute, without links.</param>
/// <param name="Kind">What it is.</param>
/// <param name="GitDirectory">Where its HEAD lives.</param>
/// <param name="CommonDirectory">Where its branches and objects live; several working trees can share it.</param>
internal sealed record Repository(string Name, string Path, RepositoryKind Kind, string GitDirectory, string CommonDirectory)
{
    /// <summary>Looks whether the folder is a repository.</summary>
    /// <returns>Null when it is none.</returns>
    public static Repository? At(string path, string name)
    {
        string dotGit = System.IO.Path.Combine(path, ".git");
        if (File.Exists(System.IO.Path.Combine(dotGit, "HEAD")))
            return Create(RepositoryKind.Clone, dotGit);
        if (File.Exists(dotGit))
            return Linked(dotGit);
        return File.Exists(System.IO.Path.Combine(path, "HEAD"))
            && Directory.Exists(System.IO.Path.Combine(path, "objects"))
            && Directory.Exists(System.IO.Path.Combine(path, "refs"))
                ? Create(RepositoryKind.Bare, path)
                : null;

        Repository Create(RepositoryKind kind, string gitDirectory) => new(name, path, kind, gitDirectory, Common(gitDirectory));

        Repository? Linked(string file)
        {
            const string prefix = "gitdir:";
            string text = File.ReadAllText(file);
            if (!text.StartsWith(prefix, StringComparison.Ordinal))
                return null;
            string target = System.IO.Path.GetFullPath(text[prefix.Length..].Trim(), path);

            // A worktree's own directory names the common one; a submodule's is complete in itself. Clones made with --separate-git-dir too.
            var kind = File.Exists(System.IO.Path.Combine(target, "commondir")) ? RepositoryKind.Worktree
                : target.Contains("/modules/", StringComparison.Ordinal) || target.Contains(@"\modules\", StringComparison.Ordinal) ? RepositoryKind.Submodule
                : RepositoryKind.Clone;
            return Create(kind, target);
        }
    }

    private static string Common(string gitDirectory)
    {
        string file = System.IO.Path.Combine(gitDirectory, "commondir");
        return File.Exists(file)
            ? System.IO.Path.GetFullPath(File.ReadAllText(file).Trim(), gitDirectory)
            : gitDirectory;
    }
}
