using System.Reflection;
using System.Runtime.Loader;

namespace ManyHands.Payloads;

/// <summary>Finds assemblies and types by address in a worker, and makes sure that they are the very builds that the caller has.</summary>
/// <param name="context">Where they are loaded. Default: where the application's are.</param>
internal sealed class TypeResolver(AssemblyLoadContext? context = null)
{
    private readonly AssemblyLoadContext _context = context ?? AssemblyLoadContext.Default;
    private readonly Lock _searching = new();
    private string[] _foldersBesideOurs = []; // replaced, never changed

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

    /// <exception cref="WorkerVersionMismatchException">This process has another build of it.</exception>
    /// <exception cref="WorkerStartException">This process cannot find it.</exception>
    public Assembly Resolve(AssemblyAddress address)
    {
        var assembly = Load(address);
        var actual = assembly.ManifestModule.ModuleVersionId;
        return actual == address.ModuleVersion
            ? assembly
            : throw Mismatch(address, $"the caller's module is {address.ModuleVersion}, the worker's is {actual} in '{assembly.Location}'");
    }

    private Assembly Load(AssemblyAddress address)
    {
        try
        {
            return _context.LoadFromAssemblyName(new AssemblyName(address.FullName));
        }
        catch (Exception error) when (error is IOException or BadImageFormatException or ArgumentException)
        {
            // Not among the application's own assemblies, such as a plug-in. The caller knows where it lies.
            return LoadFile(address, error);
        }
    }

    private Assembly LoadFile(AssemblyAddress address, Exception first)
    {
        try
        {
            if (address.Path.Length > 0)
            {
                var assembly = _context.LoadFromAssemblyPath(address.Path);
                SearchBeside(address.Path);
                return assembly;
            }
        }
        catch (Exception error) when (error is IOException or BadImageFormatException or ArgumentException)
        {
            first = error;
        }

        throw new WorkerStartException(
            $"The worker cannot load the assembly '{address.FullName}', neither by name nor from '{address.Path}': {first.Message} "
            + "Make sure that the file exists where the caller loaded it from and that the worker may read it.", first);
    }

    // What a plug-in needs lies beside it, and nothing else tells this process where that is. A worker has one resolver, which lives
    // as long as its context, so the handler is never removed.
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
        foreach (string folder in _foldersBesideOurs)
        {
            string path = Path.Combine(folder, name.Name + ".dll");
            if (File.Exists(path))
                return context.LoadFromAssemblyPath(path);
        }

        return null;
    }
}
