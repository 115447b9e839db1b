using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace ManyHands.Payloads;

/// <summary>
/// The caller's side of load contexts: which one an assembly is in, and what its references lead to there. Only the context itself can tell, since its rules are
/// the host's code; so it is asked for each reference, which loads what the work needs here too. Work of the application's own assemblies needs none of this.
/// </summary>
internal static class LoadContexts
{
    // More than any plug-in has.
    private const int MaxBindings = 2000;

    private static readonly ConditionalWeakTable<AssemblyLoadContext, StrongBox<long>> _ids = [];
    private static readonly ConditionalWeakTable<Assembly, IReadOnlyList<LoadContextAddress>> _described = [];
    private static long _last;

    /// <summary>The number of an assembly's load context; 0 for the application's.</summary>
    public static long IdOf(Assembly assembly) =>
        AssemblyLoadContext.GetLoadContext(assembly) is { } context && context != AssemblyLoadContext.Default
            ? _ids.GetValue(context, _ => new StrongBox<long>(Interlocked.Increment(ref _last))).Value
            : 0;

    /// <summary>What is loaded into this context is the application, though a copy.</summary>
    public static void StandsForTheApplication(AssemblyLoadContext context) => _ids.Add(context, new StrongBox<long>(0));

    /// <summary>The contexts that a worker needs for these types; none for those of the application and of the framework.</summary>
    public static IReadOnlyList<LoadContextAddress> Of(IEnumerable<Type> types)
    {
        List<LoadContextAddress> all = [];
        foreach (Assembly assembly in types.SelectMany(Assemblies).Distinct())
            all.AddRange(_described.GetValue(assembly, Describe));
        return all;
    }

    private static IEnumerable<Assembly> Assemblies(Type type)
    {
        while (type.HasElementType)
            type = type.GetElementType()!;
        return type.GetGenericArguments().SelectMany(Assemblies).Append(type.Assembly);
    }

    // The contexts of an assembly and of all that it refers to. One of the application's own is found by its name, and all behind it.
    private static List<LoadContextAddress> Describe(Assembly assembly)
    {
        List<LoadContextAddress> found = [];
        HashSet<Assembly> seen = [assembly];
        Queue<Assembly> roots = new([assembly]);
        while (roots.TryDequeue(out Assembly? root))
        {
            if (root.Location.Length > 0 && !IsOfTheApplication(root))
                found.Add(Describe(root, seen, roots));
        }

        return found;
    }

    private static LoadContextAddress Describe(Assembly root, HashSet<Assembly> seen, Queue<Assembly> others)
    {
        AssemblyLoadContext context = AssemblyLoadContext.GetLoadContext(root)!;
        var bindings = new Dictionary<string, AssemblyAddress>(StringComparer.OrdinalIgnoreCase) { [root.GetName().Name!] = AssemblyAddress.Of(root) };
        Queue<Assembly> left = new([root]);
        while (left.TryDequeue(out Assembly? assembly) && bindings.Count < MaxBindings)
        {
            foreach (AssemblyName reference in assembly.GetReferencedAssemblies())
            {
                if (bindings.ContainsKey(reference.Name!) || IsShared(reference.Name!, root) || Find(context, reference) is not { } target)
                    continue;
                bindings[reference.Name!] = AssemblyAddress.Of(target);
                if (seen.Add(target))
                    (AssemblyLoadContext.GetLoadContext(target) == context ? left : others).Enqueue(target);
            }
        }

        return new LoadContextAddress(IdOf(root), context.Name ?? context.ToString(), root.Location, [.. bindings.Values]);
    }

    private static bool IsOfTheApplication(Assembly assembly) =>
        IdOf(assembly) == 0 && ApplicationAssemblies.Own.TryFind(assembly.GetName().Name!, out _);

    // The framework's, unless the plug-in has brought its own version of it.
    private static bool IsShared(string name, Assembly root) =>
        ApplicationAssemblies.Own.TryFind(name, out string? path) && path is null
        && (name == typeof(Executor).Assembly.GetName().Name || !File.Exists(Path.Combine(Path.GetDirectoryName(root.Location)!, name + ".dll")));

    private static Assembly? Find(AssemblyLoadContext context, AssemblyName name)
    {
        try
        {
            return context.LoadFromAssemblyName(name);
        }
        catch (Exception) // the host's own code looks for it, and what it does not find the work may never need
        {
            return null;
        }
    }
}
