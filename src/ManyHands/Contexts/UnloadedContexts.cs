using System.Runtime.Loader;

namespace ManyHands.Contexts;

/// <summary>
/// Contexts that were unloaded, for as long as they are there all the same. The collector takes one away when nothing refers to what it has loaded; caches of the
/// framework may refer to that for ever.
/// </summary>
/// <param name="time">The time.</param>
internal sealed class UnloadedContexts(TimeProvider time)
{
    // Even one that nothing refers to needs a few of them, and a while for its thread to end.
    private const int CollectionsToGo = 10;
    private static readonly TimeSpan _timeToGo = TimeSpan.FromSeconds(5);

    // Fewer may be work that has not let go yet.
    private const int WorthAWarning = 10;

    private static readonly (string Assembly, string Keeps)[] _keepers =
    [
        ("System.Text.Json", "System.Text.Json: its default options keep every type that they have seen; pass options that the work makes itself, or a generated context"),
        ("System.ComponentModel.TypeConverter", "System.ComponentModel: TypeDescriptor keeps the types that it has described"),
        ("Microsoft.CSharp", "Microsoft.CSharp: 'dynamic' keeps the types that it has met"),
        ("System.Reflection.DispatchProxy", "System.Reflection.DispatchProxy: it keeps the types that it has made proxies for"),
    ];

    private readonly Lock _gate = new();
    private readonly List<(WeakReference Context, int Collections, long Since)> _contexts = [];
    private bool _hasWarned;

    /// <summary>One was unloaded.</summary>
    /// <returns>A warning about those before it, once; else null.</returns>
    public ContextsKept? Add(AssemblyLoadContext context)
    {
        lock (_gate)
        {
            List<WeakReference> kept = FindKept();
            _contexts.Add((new WeakReference(context, trackResurrection: true), GC.CollectionCount(GC.MaxGeneration), time.GetTimestamp()));
            if (_hasWarned || kept.Count < WorthAWarning)
                return null;
            _hasWarned = true;
            return new ContextsKept(kept.Count, Detail(kept));
        }
    }

    /// <summary>Those that should be gone and are not.</summary>
    public int Kept
    {
        get
        {
            lock (_gate)
                return FindKept().Count;
        }
    }

    private List<WeakReference> FindKept()
    {
        _contexts.RemoveAll(unloaded => !unloaded.Context.IsAlive);
        int collections = GC.CollectionCount(GC.MaxGeneration);
        return [.. _contexts.Where(unloaded => collections - unloaded.Collections >= CollectionsToGo && time.GetElapsedTime(unloaded.Since) >= _timeToGo)
            .Select(unloaded => unloaded.Context)];
    }

    private static string Detail(List<WeakReference> kept)
    {
        HashSet<string> used = [.. kept.Select(context => context.Target).OfType<AssemblyLoadContext>()
            .SelectMany(context => context.Assemblies).SelectMany(assembly => assembly.GetReferencedAssemblies()).Select(reference => reference.Name!)];
        string[] suspects = [.. _keepers.Where(keeper => used.Contains(keeper.Assembly)).Select(keeper => keeper.Keeps)];
        return $"{kept.Count} load contexts of workers that have ended were unloaded and are still in memory, since something outside of them refers to what they have loaded. "
            + (suspects.Length > 0 ? $"The work uses {string.Join("; ", suspects)}. " : "")
            + "Other usual reasons are handlers of static events, caches by type, timers and threads that work has left behind. A ProcessExecutor gives back everything.";
    }
}
