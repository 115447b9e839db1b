namespace ManyHands.Tests.Architecture;

/// <summary>The source tree that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Library { get; } = Path.Combine(Root, "src", "ManyHands");

    /// <summary>Paths of all C# files below a folder of the repository, relative to it, with '/' between the parts.</summary>
    public static IReadOnlyList<string> SourcesBelow(string folder)
        => [.. Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj" or "artifacts"))
            .Order(StringComparer.Ordinal)];

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "ManyHands.slnx")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException($"No ManyHands.slnx above '{AppContext.BaseDirectory}'.");
    }
}
