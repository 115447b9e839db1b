using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace ManyHands.Conformance.Work;

/// <summary>A library that counts in a static field without a lock, as libraries do that are not thread-safe.</summary>
public static partial class Statics
{
    private static int _count;

    /// <summary>How often it has been called, where its caller is.</summary>
    public static int Count => _count;

    /// <summary>Counts.</summary>
    public static int Increment(int by) => _count += by;

    /// <summary>The name of the load context that this code is in.</summary>
    public static string? Context(int ignored) => AssemblyLoadContext.GetLoadContext(Assembly.GetExecutingAssembly())!.Name;

    /// <summary>Where the executors' own code is.</summary>
    public static string? ContextOfTheContract(int ignored) => AssemblyLoadContext.GetLoadContext(typeof(Executor).Assembly)!.Name;

    /// <summary>Sets what native code keeps: a variable of the C library's own copy of the environment.</summary>
    public static int SetNative((string Name, string Value) variable) => setenv(variable.Name, variable.Value, 1);

    /// <summary>What native code keeps.</summary>
    public static string? GetNative(string name) => Marshal.PtrToStringUTF8(getenv(name));

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint getenv(string name);
}
