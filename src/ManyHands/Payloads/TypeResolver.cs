using System.Reflection;
using System.Runtime.Loader;

namespace ManyHands.Payloads;

/// <summary>Finds assemblies and types by address in a worker, and makes sure that they are the very builds that the caller has.</summary>
internal sealed class TypeResolver
{
    private readonly AssemblyLoadContext _context;
    private readonly PlugInContexts _plugIns;
    private readonly Lock _searching = new();
    private string[] _foldersBesideOurs = []; // replaced, never changed

    /// <summary>Makes a resolver for a worker.</summary>
    /// <param name="context">Where the application's assemblies are loaded. Default: where they always are.</param>
    public TypeResolver(AssemblyLoadContext? context = null)
    {
        _context = context ?? AssemblyLoadContext.Default;
        _plugIns = new PlugInContexts(_context, Resolve);
    }

    public Type Resolve(TypeAddress address)
    {
        var module = Resolve(address.Assembly).ManifestModule;
        Type? type = null;
        try
        {
            type = module.ResolveType(address.Token);
        }
        catch (ArgumentException)
        {
            // No such token: reported below.
        }

        if (type?.FullName != address.Name || type.GetGenericArguments().Length != address.Arguments.Count)
            throw Mismatch(address.Assembly, $"the type '{address.Name}' is not at its place (was it added while the program ran?)");
        if (address.Arguments.Count > 0)
            type = type.MakeGenericType(ResolveAll(address.Arguments));
        foreach (int rank in address.ArrayRanks)
            type = rank == 0 ? type.MakeArrayType() : type.MakeArrayType(rank);
        return type;
    }

    public Type[] ResolveAll(IReadOnlyList<TypeAddress> addresses)
    {
        var types = new Type[addresses.Count];
        for (int i = 0; i < types.Length; i++)
            types[i] = Resolve(addresses[i]);
        return types;
    }

    public static WorkerVersionMismatchException Mismatch(AssemblyAddress address, string what)
        => new($"The worker's copy of '{address.FullName}' is another build than the caller's: {what}. "
            + "Do not rebuild or edit the program while it runs; restart it.");

    /// <summary>Learns of load contexts that addresses will name.</summary>
    public void Learn(IReadOnlyList<LoadContextAddress> contexts)
    {
        if (contexts.Count > 0)
            _plugIns.Learn(contexts);
    }

    /// <summary>Lets the load contexts of plug-ins go, if they can be unloaded.</summary>
    public void Unload() => _plugIns.Unload();

    /// <exception cref="WorkerVersionMismatchException">This process has another build of it.</exception>
    /// <exception cref="WorkerStartException">This process cannot find it.</exception>
    public Assembly Resolve(AssemblyAddress address)
    {
        if (address.Context == 0)
            return PlugInFiles.Check(Load(address), address);
        try
        {
            return _plugIns.LoadExactly(address);
        }
        catch (Exception error) when (error is IOException or BadImageFormatException or ArgumentException)
        {
            throw CannotLoad(address, error);
        }
    }

    private Assembly Load(AssemblyAddress address)
    {
        try
        {
            return _context.LoadFromAssemblyName(new AssemblyName(address.FullName));
        }
        catch (Exception error) when (error is IOException or BadImageFormatException or ArgumentException)
        {
            // Not among the application's own assemblies, such as one that it has loaded from a file. The caller knows where it lies.
            return LoadFile(address, error);
        }
    }

    private Assembly LoadFile(AssemblyAddress address, Exception first)
    {
        try
        {
            if (address.Path.Length > 0)
            {
                var assembly = PlugInFiles.Load(_context, address);
                SearchBeside(address.Path);
                return assembly;
            }
        }
        catch (Exception error) when (error is IOException or BadImageFormatException or ArgumentException)
        {
            first = error;
        }

        throw CannotLoad(address, first);
    }

    private static WorkerStartException CannotLoad(AssemblyAddress address, Exception cause) => new(
        $"The worker cannot load the assembly '{address.FullName}', neither by name nor from '{address.Path}': {cause.Message} "
        + "Make sure that the file exists where the caller loaded it from and that the worker may read it.", cause);

    // What such an assembly refers to is where the caller has it, or lies beside it. A worker has one resolver, which lives as long as its
    // context, so the handler is never removed.
    private void SearchBeside(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        lock (_searching)
        {
            if (Array.IndexOf(_foldersBesideOurs, folder) >= 0)
                return;
            if (_foldersBesideOurs.Length == 0)
                _context.Resolving += FindBeside;
            _foldersBesideOurs = [.. _foldersBesideOurs, folder];
        }
    }

    private Assembly? FindBeside(AssemblyLoadContext context, AssemblyName name)
    {
        if (_plugIns.BesideTheApplication(name.Name!) is { Path.Length: > 0 } known)
            return PlugInFiles.Load(context, known);
        foreach (string folder in _foldersBesideOurs)
        {
            string path = Path.Combine(folder, name.Name + ".dll");
            if (File.Exists(path))
                return PlugInFiles.Load(context, path, name);
        }

        return null;
    }
}
