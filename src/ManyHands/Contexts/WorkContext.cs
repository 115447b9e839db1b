using System.Reflection;
using System.Runtime.Loader;
using ManyHands.Payloads;

namespace ManyHands.Contexts;

/// <summary>
/// The load context of one worker: the application's assemblies are loaded again, so their statics are the worker's own. The framework and this
/// library are everybody's.
/// </summary>
internal sealed class WorkContext : AssemblyLoadContext
{
    private readonly string _coreLibrary = typeof(object).Assembly.Location;
    private readonly List<string> _folders = []; // of what the application has loaded from files

    public WorkContext(string name, bool isCollectible) : base(name, isCollectible) => LoadContexts.StandsForTheApplication(this);

    protected override Assembly? Load(AssemblyName name)
    {
        if (!string.IsNullOrEmpty(name.CultureName))
            return null; // texts in other languages have no statics
        if (!ApplicationAssemblies.Own.TryFind(name.Name!, out string? path))
            return FindFile(name);
        return path is null ? null : LoadFromAssemblyPath(path);
    }

    // What the application cannot find by name, but has loaded from a file or finds by means of its own; and what lies beside such a file.
    private Assembly? FindFile(AssemblyName name)
    {
        if (FindAsTheApplicationDoes(name) is not { } assembly)
            return FindBeside(name);
        if (ApplicationAssemblies.IsFramework(assembly.Location, _coreLibrary))
            return null;
        if (assembly.Location.Length == 0)
            throw new FileLoadException($"'{name.Name}' has no file, so no context can have a copy of it. Load it from a file, or use a ThreadExecutor.", name.FullName);
        lock (_folders)
        {
            string folder = Path.GetDirectoryName(assembly.Location)!;
            if (!_folders.Contains(folder))
                _folders.Add(folder);
        }

        return PlugInFiles.Load(this, AssemblyAddress.Of(assembly));
    }

    private Assembly? FindBeside(AssemblyName name)
    {
        string? path;
        lock (_folders)
            path = _folders.Select(folder => Path.Combine(folder, name.Name + ".dll")).FirstOrDefault(File.Exists);
        return path is null ? null : PlugInFiles.Load(this, path, name);
    }

    private static Assembly? FindAsTheApplicationDoes(AssemblyName name)
    {
        try
        {
            return Default.LoadFromAssemblyName(name);
        }
        catch (Exception error) when (error is IOException or BadImageFormatException)
        {
            return null; // it does not
        }
    }
}
