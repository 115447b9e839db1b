using System.Reflection;
using System.Runtime.Loader;

namespace ManyHands.Payloads;

/// <summary>A worker's stand-in for one load context of its caller's. What the caller has found there is found here, in the same build, or not at all.</summary>
internal sealed class PlugInContext : AssemblyLoadContext
{
    private readonly PlugInContexts _all;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, AssemblyAddress> _bindings = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, AssemblyDependencyResolver?> _roots = [];

    public PlugInContext(PlugInContexts all, long id, string name) : base(name, all.Application.IsCollectible)
    {
        _all = all;
        Id = id;
    }

    public long Id { get; }

    /// <summary>Learns what the caller's context has found for one more piece of work.</summary>
    /// <exception cref="WorkerVersionMismatchException">Something else is loaded here already.</exception>
    public void Learn(LoadContextAddress address)
    {
        lock (_gate)
        {
            _roots.TryAdd(address.Root, null);
            foreach (AssemblyAddress binding in address.Bindings)
                _bindings.TryAdd(new AssemblyName(binding.FullName).Name!, binding);
        }

        foreach (AssemblyAddress binding in address.Bindings)
        {
            if (binding.Context == Id && Loaded(new AssemblyName(binding.FullName).Name!) is { } loaded)
                PlugInFiles.Check(loaded, binding);
        }
    }

    /// <summary>The very build that the caller has.</summary>
    /// <exception cref="WorkerVersionMismatchException">It is not to be had any more.</exception>
    public Assembly LoadExactly(AssemblyAddress address)
    {
        if (Loaded(new AssemblyName(address.FullName).Name!) is { } loaded)
            return PlugInFiles.Check(loaded, address);
        if (address.Path.Length == 0)
        {
            throw new FileLoadException(
                $"The application has loaded '{address.FullName}' from memory, so no worker can load it. Load it with LoadFromAssemblyPath.", address.FullName);
        }

        return PlugInFiles.Load(this, address);
    }

    protected override Assembly? Load(AssemblyName name)
    {
        if (string.IsNullOrEmpty(name.CultureName) && Binding(name.Name!) is { } binding)
            return binding.Context == Id ? LoadExactly(binding) : _all.LoadExactly(binding);

        // Not what the work refers to: what its code looks up by name, and texts in other languages.
        if (Beside(resolver => resolver.ResolveAssemblyToPath(name)) is { } path)
            return PlugInFiles.Load(this, path, name);
        return _all.Application == Default ? null : FromApplication(name); // the runtime asks the default context by itself
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        Beside(resolver => resolver.ResolveUnmanagedDllToPath(unmanagedDllName)) is { } path ? LoadUnmanagedDllFromPath(path) : 0;

    private AssemblyAddress? Binding(string name)
    {
        lock (_gate)
            return _bindings.GetValueOrDefault(name);
    }

    private Assembly? Loaded(string name) =>
        Assemblies.FirstOrDefault(assembly => string.Equals(assembly.GetName().Name, name, StringComparison.OrdinalIgnoreCase));

    private string? Beside(Func<AssemblyDependencyResolver, string?> find)
    {
        lock (_gate)
        {
            foreach (string root in _roots.Keys.ToArray())
            {
                if ((_roots[root] ??= Resolver(root)) is { } resolver && find(resolver) is { } path)
                    return path;
            }
        }

        return null;
    }

    private static AssemblyDependencyResolver? Resolver(string root)
    {
        try
        {
            return new AssemblyDependencyResolver(root);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            return null; // its .deps.json cannot be read, or this process has no host that could; the bindings do without it
        }
    }

    private Assembly? FromApplication(AssemblyName name)
    {
        try
        {
            return _all.Application.LoadFromAssemblyName(name);
        }
        catch (Exception error) when (error is IOException or BadImageFormatException)
        {
            return null;
        }
    }
}
