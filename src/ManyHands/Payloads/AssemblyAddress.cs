using System.Buffers;
using System.Reflection;
using System.Runtime.Loader;

namespace ManyHands.Payloads;

/// <summary>One build of one assembly.</summary>
/// <param name="FullName">Its name with version, culture and key.</param>
/// <param name="Path">Its file.</param>
/// <param name="ModuleVersion">The version id that each compilation makes.</param>
/// <param name="Context">The caller's load context that has it, see <see cref="LoadContexts"/>; 0 for the application's.</param>
internal sealed record AssemblyAddress(string FullName, string Path, Guid ModuleVersion, long Context = 0)
{
    public static AssemblyAddress Of(Assembly assembly)
        => new(assembly.FullName!, assembly.Location, assembly.ManifestModule.ModuleVersionId, LoadContexts.IdOf(assembly));

    /// <summary>Another process can load it. Assemblies of a single-file application have no path, but every copy of it has them.</summary>
    public static bool IsReachable(Assembly assembly)
        => !assembly.IsDynamic
        && (assembly.Location.Length > 0 || AssemblyLoadContext.GetLoadContext(assembly) == AssemblyLoadContext.Default);

    public static AssemblyAddress Read(ref FieldReader reader)
        => new(reader.ReadRequiredText(), reader.ReadRequiredText(), reader.ReadGuid(), reader.ReadInt64());

    public void Write(IBufferWriter<byte> output)
    {
        output.WriteText(FullName);
        output.WriteText(Path);
        output.WriteGuid(ModuleVersion);
        output.WriteInt64(Context);
    }
}
