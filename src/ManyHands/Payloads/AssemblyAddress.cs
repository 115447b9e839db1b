using System.Buffers;
using System.Reflection;
using System.Runtime.Loader;

namespace ManyHands.Payloads;

/// <summary>One build of one assembly: its full name, where its file is, and the version id that each compilation makes.</summary>
internal sealed record AssemblyAddress(string FullName, string Path, Guid ModuleVersion)
{
    public static AssemblyAddress Of(Assembly assembly)
        => new(assembly.FullName!, assembly.Location, assembly.ManifestModule.ModuleVersionId);

    /// <summary>Another process can load it. Assemblies of a single-file application have no path, but every copy of it has them.</summary>
    public static bool IsReachable(Assembly assembly)
        => !assembly.IsDynamic
        && (assembly.Location.Length > 0 || AssemblyLoadContext.GetLoadContext(assembly) == AssemblyLoadContext.Default);

    public static AssemblyAddress Read(ref FieldReader reader)
        => new(reader.ReadRequiredText(), reader.ReadRequiredText(), reader.ReadGuid());

    public void Write(IBufferWriter<byte> output)
    {
        output.WriteText(FullName);
        output.WriteText(Path);
        output.WriteGuid(ModuleVersion);
    }
}
