namespace ManyHands.Cli.Git;

/// <summary>What `git status --porcelain=v2 --branch` says, as far as it decides what to do.</summary>
/// <param name="Commit">The commit of HEAD, or null when there is none yet.</param>
/// <param name="Branch">The branch, or null when HEAD is on none.</param>
/// <param name="IsDirty">Whether there are uncommitted changes to tracked files.</param>
internal sealed record WorkingTree(string? Commit, string? Branch, bool IsDirty)
{
    /// <summary>
    /// The command. Untracked files and edits inside submodules do not stop a fast-forward, so they are not even looked for; nor does it count commits.
    /// </summary>
    public static IReadOnlyList<string> Command { get; } =
    [
        "--no-optional-locks", "status", "--porcelain=v2", "--branch", "--no-ahead-behind", "--untracked-files=no", "--no-renames",
        "--ignore-submodules=dirty",
    ];

    public static WorkingTree Parse(string output)
    {
        var tree = new WorkingTree(null, null, IsDirty: false);
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ');
            tree = words switch
            {
                ["#", "branch.oid", not "(initial)", ..] => tree with { Commit = words[2] },

                // What Git prints for a HEAD that names a reference which is no branch (refs/patches/…) is "(null)".
                ["#", "branch.head", not ("(detached)" or "(null)"), ..] => tree with { Branch = words[2] },
                ["#", ..] => tree,
                _ => tree with { IsDirty = tree.IsDirty || !IsMovedSubmodule(words) },
            };
        }

        return tree;
    }

    /// <summary>A submodule that stands on another commit than recorded: ordinary after every pull that moved the record, and no edit.</summary>
    private static bool IsMovedSubmodule(string[] words) => words is ["1", ['.', _], ['S', ..], ..];
}
