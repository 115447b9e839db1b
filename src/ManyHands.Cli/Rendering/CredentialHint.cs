using ManyHands.Cli.Git;

namespace ManyHands.Cli.Rendering;

/// <summary>What to tell about repositories that need somebody to sign in.</summary>
internal static class CredentialHint
{
    /// <summary>The command that asks for them, as a POSIX shell reads it.</summary>
    public static string Command(PullResult result) =>
        $"git -C {RawPath.Word(result.Repository.Path)} fetch";
}
