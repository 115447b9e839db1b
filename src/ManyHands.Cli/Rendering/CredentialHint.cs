namespace ManyHands.Cli.Rendering;

/// <summary>What to tell about repositories that need somebody to sign in.</summary>
internal static class CredentialHint
{
    /// <summary>A path as a POSIX shell reads it.</summary>
    public static string Quote(string path) => ExternalCommand.Create(Output.Plain(path)).ToString();
}
