using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Loader;

namespace ManyHands.Tests.Payloads;

/// <summary>Assemblies that are not among the application's, in a folder of their own.</summary>
internal sealed class PlugIns : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("manyhands-tests-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Its method, loaded into a context of its own.</summary>
    public static Func<int, int> Load(string path)
        => new AssemblyLoadContext("plug-in").LoadFromAssemblyPath(path)
            .GetType("Tool")!.GetMethod("Multiply")!.CreateDelegate<Func<int, int>>();

    /// <summary>Makes one with a method that multiplies by a factor, and hands the product to another one's.</summary>
    /// <returns>Its file.</returns>
    public string Compile(string name, int factor, MethodInfo? then = null)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(name), typeof(object).Assembly);
        var type = assembly.DefineDynamicModule(name).DefineType("Tool", TypeAttributes.Public | TypeAttributes.Sealed);
        var method = type.DefineMethod("Multiply", MethodAttributes.Public | MethodAttributes.Static, typeof(int), [typeof(int)]);
        var generator = method.GetILGenerator();
        generator.Emit(OpCodes.Ldarg_0);
        generator.Emit(OpCodes.Ldc_I4, factor);
        generator.Emit(OpCodes.Mul);
        if (then is not null)
            generator.Emit(OpCodes.Call, then);
        generator.Emit(OpCodes.Ret);
        type.CreateType();
        string path = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, $"{factor}")).FullName, $"{name}.dll");
        assembly.Save(path);
        return path;
    }
}
