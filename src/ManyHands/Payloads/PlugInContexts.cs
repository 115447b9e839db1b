using System.Reflection;
using System.Runtime.Loader;

namespace ManyHands.Payloads;

/// <summary>A worker's load contexts: one for each of its caller's that work came from, made when the first of it arrives.</summary>
/// <param name="application">Where the application's own assemblies are.</param>
/// <param name="loadThere">Loads one of them.</param>
internal sealed class PlugInContexts(AssemblyLoadContext application, Func<AssemblyAddress, Assembly> loadThere)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, PlugInContext> _contexts = [];
    private readonly Dictionary<string, AssemblyAddress> _besideTheApplication = new(StringComparer.OrdinalIgnoreCase);

    public AssemblyLoadContext Application => application;

    /// <summary>Learns of contexts that work needs.</summary>
    /// <exception cref="WorkerVersionMismatchException">Another build of something is loaded already.</exception>
    public void Learn(IReadOnlyList<LoadContextAddress> addresses)
    {
        foreach (LoadContextAddress address in addresses)
        {
            if (address.Id != 0)
            {
                Of(address).Learn(address);
                continue;
            }

            lock (_gate)
            {
                foreach (AssemblyAddress binding in address.Bindings.Where(binding => binding.Context == 0))
                    _besideTheApplication.TryAdd(new AssemblyName(binding.FullName).Name!, binding);
            }
        }
    }

    /// <summary>The very build that the caller has, in the stand-in for the context where the caller has it.</summary>
    public Assembly LoadExactly(AssemblyAddress address)
    {
        if (address.Context == 0)
            return loadThere(address);
        return Find(address.Context)?.LoadExactly(address) ?? throw new WorkerStartException(
            $"The worker was told of no load context {address.Context} for '{address.FullName}'. Both sides must run the same build of ManyHands.");
    }

    /// <summary>Where the caller has an assembly that it has loaded from a file beside its own; null if it has none of that name.</summary>
    public AssemblyAddress? BesideTheApplication(string name)
    {
        lock (_gate)
            return _besideTheApplication.GetValueOrDefault(name);
    }

    /// <summary>Lets them go, if they can be unloaded.</summary>
    public void Unload()
    {
        lock (_gate)
        {
            foreach (PlugInContext context in _contexts.Values.Where(context => context.IsCollectible))
                context.Unload();
            _contexts.Clear();
        }
    }

    private PlugInContext? Find(long id)
    {
        lock (_gate)
            return _contexts.GetValueOrDefault(id);
    }

    private PlugInContext Of(LoadContextAddress address)
    {
        lock (_gate)
        {
            if (!_contexts.TryGetValue(address.Id, out PlugInContext? context))
                _contexts[address.Id] = context = new PlugInContext(this, address.Id, $"{application.Name} / {address.Name}");
            return context;
        }
    }
}
