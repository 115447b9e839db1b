using System.Reflection;
using System.Runtime.Loader;

namespace ManyHands.Contexts;

/// <summary>
/// The load context of one worker: the application's assemblies are loaded again, so their statics are the worker's own. The framework and this
/// library are everybody's.
/// </summary>
internal sealed class WorkContext(string name, bool isCollectible) : AssemblyLoadContext(name, isCollectible)
{
    private readonly string _coreLibrary = typeof(object).Assembly.Location;
    private readonly List<string> _folders = []; // of plug-ins

    protected override Assembly? Load(AssemblyName name)
    {
        if (!string.IsNullOrEmpty(name.CultureName))
            return null; // texts in other languages have no statics
        if (!ApplicationAssemblies.Own.TryFind(name.Name!, out string? path))
            path = FindPlugin(name.Name!);
        return path is null ? null : LoadFromAssemblyPath(path);
    }

    // What the application cannot find by name, but has loaded from a file; and what lies beside such a file.
    private string? FindPlugin(string name)
    {
        foreach (Assembly assembly in Default.Assemblies)
        {
            if (assembly.IsDynamic || assembly.Location.Length == 0 || assembly.GetName().Name != name
                || ApplicationAssemblies.IsFramework(assembly.Location, _coreLibrary))
            {
                continue;
            }

            _folders.Add(Path.GetDirectoryName(assembly.Location)!);
            return assembly.Location;
        }

        foreach (string folder in _folders)
        {
            string path = Path.Combine(folder, name + ".dll");
            if (File.Exists(path))
                return path;
        }

        return null;
    }
}
