using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.Loader;

namespace ManyHands.Payloads;

/// <summary>Sees to it that a worker has the caller's build of an assembly, and says what to do if it has not.</summary>
internal static class PlugInFiles
{
    /// <summary>Loads the caller's build of an assembly from its file.</summary>
    /// <exception cref="WorkerVersionMismatchException">It is not there any more.</exception>
    public static Assembly Load(AssemblyLoadContext context, AssemblyAddress address)
    {
        // Before it is loaded: afterwards the runtime finds it in the context, and never asks again whether it is the right one.
        if (Expected(address.Path) is { } version && version != address.ModuleVersion)
            throw Mismatch(version, address.Path, address);
        return Check(context.LoadFromAssemblyPath(address.Path), address);
    }

    /// <summary>Loads an assembly of which the caller has said nothing, if it is at least the version that is asked for.</summary>
    /// <exception cref="FileLoadException">It is older.</exception>
    public static Assembly Load(AssemblyLoadContext context, string path, AssemblyName wanted)
    {
        Version? actual = AssemblyName.GetAssemblyName(path).Version;
        return wanted.Version is { } least && actual < least
            ? throw new FileLoadException($"'{wanted.FullName}' is needed, and '{path}' is version {actual}.", wanted.FullName)
            : context.LoadFromAssemblyPath(path);
    }

    /// <summary>The same assembly, if it is the build that the caller has.</summary>
    /// <exception cref="WorkerVersionMismatchException">It is another one.</exception>
    public static Assembly Check(Assembly assembly, AssemblyAddress address)
    {
        Guid actual = assembly.ManifestModule.ModuleVersionId;
        return actual == address.ModuleVersion ? assembly : throw Mismatch(actual, assembly.Location, address);
    }

    // What is loaded from a path once comes from memory the next time, whatever the file is by then.
    private static Guid? Expected(string path) =>
        AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(assembly => !assembly.IsDynamic && assembly.Location == path)?.ManifestModule.ModuleVersionId
        ?? VersionOf(path);

    private static WorkerVersionMismatchException Mismatch(Guid actual, string path, AssemblyAddress address) => new(
        $"The worker's copy of '{address.FullName}' is another build than the caller's: the caller's module is {address.ModuleVersion}, the worker's is "
        + $"{actual} in '{path}'. {Advice(address)}");

    private static string Advice(AssemblyAddress address)
    {
        if (address.Context == 0)
            return "Do not rebuild or edit the program while it runs; restart it.";
        Guid? onDisk = VersionOf(address.Path);
        return onDisk == address.ModuleVersion
            ? $"It had loaded that one when another build lay at '{address.Path}'. Make a new executor, or let Retire replace the workers, or keep each build of a "
                + "plug-in in a folder of its own."
            : $"The file '{address.Path}' was {(onDisk is null ? "removed" : "replaced")} after the application had loaded it. Load the new build in a load context "
                + "of its own, from a folder of its own, and submit the work from there.";
    }

    private static Guid? VersionOf(string path)
    {
        try
        {
            using var file = new PEReader(File.OpenRead(path));
            MetadataReader metadata = file.GetMetadataReader();
            return metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or BadImageFormatException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}
