namespace ManyHands.Cli.Git;

/// <summary>A folder that looks like a repository from outside. Nothing in it has been read: that is Git's to decide.</summary>
/// <param name="Name">As the user would write it: relative to where the search began.</param>
/// <param name="Path">The folder, absolute, without links; see <see cref="RawPath"/>.</param>
/// <param name="IsEmbedded">
/// Whether it is a bare repository inside a working tree that was not named by the user: a checkout can put one there, with settings that run programs.
/// </param>
internal sealed record Candidate(string Name, string Path, bool IsEmbedded)
{
    /// <summary>Whether the folder has a .git, of whatever kind.</summary>
    public static bool HasDotGit(string path)
    {
        // A link that leads nowhere is one too.
        var dotGit = new FileInfo(System.IO.Path.Combine(RawPath.Open(path), ".git"));
        return dotGit.LinkTarget is not null || dotGit.Exists || Directory.Exists(dotGit.FullName);
    }

    /// <summary>Whether the folder has what makes a repository without working tree.</summary>
    public static bool LooksBare(string path)
    {
        string folder = RawPath.Open(path);
        return File.Exists(System.IO.Path.Combine(folder, "HEAD"))
            && Directory.Exists(System.IO.Path.Combine(folder, "objects"))
            && Directory.Exists(System.IO.Path.Combine(folder, "refs"));
    }
}
