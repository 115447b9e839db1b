using System.Collections.Frozen;
using System.Reflection;
using System.Runtime.Loader;

namespace ManyHands.Payloads;

/// <summary>
/// Which types failures may bring into this process: the framework's, and those of the work's assembly and of what it references, where they are loaded
/// already. No assembly is loaded because a worker named it.
/// </summary>
internal sealed class FailureTypes(Assembly? workAssembly)
{
    private const int TypeDefinition = 0x02;

    // The public key tokens with which .NET itself and its packages are signed.
    private static readonly FrozenSet<string> _frameworkKeys = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "7cec85d7bea7798e", "b03f5f7f11d50a3a", "b77a5c561934e089", "cc7b13ffcd2ddd51", "adb9793829ddae60", "31bf3856ad364e35");

    /// <summary>The type, or null where this process has no such type, or must not make anything of it.</summary>
    public Type? Find(FailureType named)
    {
        // The token of a reference would lead to another assembly.
        if (named.Token >>> 24 != TypeDefinition)
            return null;

        foreach (var assembly in Loaded())
        {
            if (assembly.FullName != named.AssemblyName || assembly.ManifestModule.ModuleVersionId != named.Module
                || !(IsFramework(assembly) || IsOfWork(assembly)))
            {
                continue;
            }

            return TryResolve(assembly.ManifestModule, named);
        }

        return null;
    }

    private static Type? TryResolve(Module module, FailureType named)
    {
        try
        {
            return module.ResolveType(named.Token) is { } type && type.FullName == named.Name ? type : null;
        }
        catch (Exception)
        {
            // The token may be anything. Where it leads to no type, there is none.
            return null;
        }
    }

    // The work's own context first: other contexts may have copies, which no caller can catch.
    private IEnumerable<Assembly> Loaded()
    {
        var context = workAssembly is null ? null : AssemblyLoadContext.GetLoadContext(workAssembly);
        return context is null || context == AssemblyLoadContext.Default
            ? AssemblyLoadContext.Default.Assemblies
            : context.Assemblies.Concat(AssemblyLoadContext.Default.Assemblies);
    }

    private static bool IsFramework(Assembly assembly)
        => assembly.GetName().GetPublicKeyToken() is { Length: > 0 } key && _frameworkKeys.Contains(Convert.ToHexString(key));

    private bool IsOfWork(Assembly assembly)
    {
        if (workAssembly is null)
            return false;
        if (assembly == workAssembly)
            return true;

        // The reference may name an older version than the one that was loaded for it.
        var name = assembly.GetName();
        return workAssembly.GetReferencedAssemblies().Any(reference => reference.Name == name.Name
            && (reference.GetPublicKeyToken() ?? []).AsSpan().SequenceEqual(name.GetPublicKeyToken() ?? []));
    }
}
