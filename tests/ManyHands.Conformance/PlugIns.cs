using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace ManyHands.Conformance;

/// <summary>Assemblies that are not among the application's, in folders of their own. Each has a method Tool.Multiply.</summary>
public sealed class PlugIns : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("manyhands-tests-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Its method, loaded into a context of its own that finds nothing by itself.</summary>
    public static Func<int, int> Load(string path) => Load(new AssemblyLoadContext("plug-in"), path);

    /// <summary>Its method, loaded as the guide for hosts of plug-ins says.</summary>
    public static Func<int, int> Host(string path) => Load(new HostContext(path), path);

    public static Func<int, int> Load(AssemblyLoadContext context, string path)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.LoadFromAssemblyPath(path).GetType("Tool")!.GetMethod("Multiply")!.CreateDelegate<Func<int, int>>();
    }

    /// <summary>Makes one with a method that multiplies by a factor, and hands the product to another one's.</summary>
    /// <param name="name">Its simple name.</param>
    /// <param name="factor">The factor.</param>
    /// <param name="then">The other one's method.</param>
    /// <param name="folder">Its folder below <see cref="Folder"/>; the factor if there is none.</param>
    /// <param name="version">Its version.</param>
    /// <returns>Its file.</returns>
    public string Compile(string name, int factor, MethodInfo? then = null, string? folder = null, int version = 1)
    {
        (PersistedAssemblyBuilder assembly, TypeBuilder type) = Begin(name, version);
        var method = type.DefineMethod("Multiply", MethodAttributes.Public | MethodAttributes.Static, typeof(int), [typeof(int)]);
        var generator = method.GetILGenerator();
        generator.Emit(OpCodes.Ldarg_0);
        generator.Emit(OpCodes.Ldc_I4, factor);
        generator.Emit(OpCodes.Mul);
        if (then is not null)
            generator.Emit(OpCodes.Call, then);
        generator.Emit(OpCodes.Ret);
        return Save(assembly, type, name, folder ?? $"{factor}");
    }

    /// <summary>Makes one whose method gives 1 if it finds a type by its name, as libraries find their optional parts, and else 0.</summary>
    public string CompileLookup(string name, string typeName, string folder)
    {
        (PersistedAssemblyBuilder assembly, TypeBuilder type) = Begin(name, version: 1);
        var generator = type.DefineMethod("Multiply", MethodAttributes.Public | MethodAttributes.Static, typeof(int), [typeof(int)]).GetILGenerator();
        generator.Emit(OpCodes.Ldstr, typeName);
        generator.Emit(OpCodes.Call, typeof(Type).GetMethod(nameof(Type.GetType), [typeof(string)])!);
        generator.Emit(OpCodes.Ldnull);
        generator.Emit(OpCodes.Cgt_Un);
        generator.Emit(OpCodes.Ret);
        return Save(assembly, type, name, folder);
    }

    /// <summary>Makes one whose method gives the process id, by way of a native library that only its .deps.json leads to.</summary>
    public string CompileNative(string name, string folder)
    {
        (PersistedAssemblyBuilder assembly, TypeBuilder type) = Begin(name, version: 1);
        var native = type.DefinePInvokeMethod(
            "Id", "plugnative", "SystemNative_GetPid", MethodAttributes.Public | MethodAttributes.Static | MethodAttributes.PinvokeImpl,
            CallingConventions.Standard, typeof(int), [], CallingConvention.Winapi, CharSet.Ansi);
        native.SetImplementationFlags(MethodImplAttributes.PreserveSig);
        var generator = type.DefineMethod("Multiply", MethodAttributes.Public | MethodAttributes.Static, typeof(int), [typeof(int)]).GetILGenerator();
        generator.Emit(OpCodes.Call, native);
        generator.Emit(OpCodes.Ret);
        string path = Save(assembly, type, name, folder);

        string system = RuntimeInformation.RuntimeIdentifier, asset = $"runtimes/{system}/native/libplugnative.so";
        string library = Path.Combine(Path.GetDirectoryName(path)!, asset);
        Directory.CreateDirectory(Path.GetDirectoryName(library)!);
        File.Copy(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "libSystem.Native.so"), library);
        File.WriteAllText(Path.ChangeExtension(path, ".deps.json"), $$$"""
            {
              "runtimeTarget": { "name": ".NETCoreApp,Version=v10.0", "signature": "" },
              "targets": { ".NETCoreApp,Version=v10.0": {
                "{{{name}}}/1.0.0": { "dependencies": { "Native": "1.0.0" }, "runtime": { "{{{name}}}.dll": {} } },
                "Native/1.0.0": { "runtimeTargets": { "{{{asset}}}": { "rid": "{{{system}}}", "assetType": "native", "fileVersion": "0.0.0.0" } } }
              } },
              "libraries": {
                "{{{name}}}/1.0.0": { "type": "project", "serviceable": false, "sha512": "" },
                "Native/1.0.0": { "type": "package", "serviceable": true, "sha512": "", "path": "native/1.0.0" }
              }
            }
            """);
        return path;
    }

    private static (PersistedAssemblyBuilder Assembly, TypeBuilder Type) Begin(string name, int version)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(name) { Version = new Version(version, 0, 0, 0) }, typeof(object).Assembly);
        return (assembly, assembly.DefineDynamicModule(name).DefineType("Tool", TypeAttributes.Public | TypeAttributes.Sealed));
    }

    private string Save(PersistedAssemblyBuilder assembly, TypeBuilder type, string name, string folder)
    {
        type.CreateType();
        string path = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, folder)).FullName, $"{name}.dll");
        File.Delete(path); // who has the old one loaded keeps it
        assembly.Save(path);
        return path;
    }

    private sealed class HostContext(string path) : AssemblyLoadContext(path)
    {
        private readonly AssemblyDependencyResolver _resolver = new(path);

        protected override Assembly? Load(AssemblyName name) => _resolver.ResolveAssemblyToPath(name) is { } found ? LoadFromAssemblyPath(found) : null;

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } found ? LoadUnmanagedDllFromPath(found) : 0;
    }
}
