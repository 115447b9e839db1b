namespace ManyHands.Payloads;

/// <summary>Which assemblies each context has a copy of: the application's own, with their files. The framework's and this library are everybody's.</summary>
internal sealed class ApplicationAssemblies
{
    private readonly Dictionary<string, string?> _paths = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="trusted">Files of all assemblies that the application can find by name, as the host lists them.</param>
    /// <param name="coreLibrary">File of the framework's core library.</param>
    public ApplicationAssemblies(string trusted, string coreLibrary)
    {
        foreach (string path in trusted.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            _paths.TryAdd(Path.GetFileNameWithoutExtension(path), IsFramework(path, coreLibrary) ? null : path);
        _paths[typeof(Executor).Assembly.GetName().Name!] = null; // what is shared through it is shared
    }

    /// <summary>Those of this process.</summary>
    public static ApplicationAssemblies Own { get; } =
        new(AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "", typeof(object).Assembly.Location);

    /// <summary>It is one of those that can be found by name.</summary>
    /// <param name="name">Simple name.</param>
    /// <param name="path">Its file; null where it is everybody's.</param>
    public bool TryFind(string name, out string? path) => _paths.TryGetValue(name, out path);

    /// <summary>
    /// Shared frameworks lie side by side, a folder each with a folder per version. A self-contained application has the framework among its own
    /// files, where only names tell them apart.
    /// </summary>
    public static bool IsFramework(string path, string coreLibrary)
    {
        string core = Path.GetDirectoryName(coreLibrary) ?? "";
        string framework = Path.GetDirectoryName(core) ?? "";
        if (Path.GetFileName(framework) == "Microsoft.NETCore.App")
            return path.StartsWith(Path.GetDirectoryName(framework) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        string name = Path.GetFileName(path);
        return Path.GetDirectoryName(path) == core
            && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal)
                || name is "mscorlib.dll" or "netstandard.dll" or "WindowsBase.dll");
    }
}
