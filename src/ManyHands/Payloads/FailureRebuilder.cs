using System.Collections.Frozen;
using System.Reflection;
using System.Runtime.ExceptionServices;

namespace ManyHands.Payloads;

/// <summary>
/// Makes an exception of this process from a failure of another one. Its type is looked up among the assemblies that are loaded already:
/// nothing is loaded because a worker named it, and no type of a stranger is created.
/// </summary>
internal sealed class FailureRebuilder(Assembly? workAssembly)
{
    // The public key tokens with which .NET itself and its packages are signed.
    private static readonly FrozenSet<string> _frameworkKeys = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "7cec85d7bea7798e", "b03f5f7f11d50a3a", "b77a5c561934e089", "cc7b13ffcd2ddd51", "adb9793829ddae60", "31bf3856ad364e35");

    public Exception Rebuild(RemoteFailure failure)
    {
        Exception[] inner = [.. failure.Inner.Select(Rebuild)];
        var error = TryRebuild(failure, inner) ?? Stranger(failure, inner);
        error.HResult = failure.HResult;
        if (failure.StackTrace is { } stack)
            ExceptionDispatchInfo.SetRemoteStackTrace(error, stack);
        return error;
    }

    private Exception? TryRebuild(RemoteFailure failure, Exception[] inner)
    {
        try
        {
            var error = failure.AssemblyName == typeof(RemoteFailure).Assembly.FullName
                ? FailureDetails.Ours(failure, inner)
                : FindType(failure) is { } type ? Create(type, failure, inner) : null;
            // A constructor that makes another message of it would hide what happened.
            return error?.Message == failure.Message ? error : null;
        }
        catch (Exception)
        {
            // Constructors and getters of exceptions are foreign code. Where they fail, the stand-in still tells everything.
            return null;
        }
    }

    private static RemoteTaskException Stranger(RemoteFailure failure, Exception[] inner)
        => new(failure.TypeName, failure.Message, failure.StackTrace, inner.Length switch
        {
            0 => null,
            1 => inner[0],
            _ => new AggregateException(inner),
        });

    private static Exception? Create(Type type, RemoteFailure failure, Exception[] inner)
    {
        if (type == typeof(AggregateException))
            return Aggregate(failure.Message, inner);

        var cause = inner.Length > 0 ? inner[0] : null;
        if (FailureDetails.Framework(type, failure, cause) is { } known && known.Message == failure.Message)
            return known;
        // Message and cause first: the only parameter of ArgumentNullException(string) is no message.
        if (type.GetConstructor([typeof(string), typeof(Exception)]) is { } full)
            return (Exception)full.Invoke([failure.Message, cause]);
        return cause is null && type.GetConstructor([typeof(string)]) is { } simple ? (Exception)simple.Invoke([failure.Message]) : null;
    }

    // The type appends its inner messages to its own: "One or more errors occurred. (first) (second)".
    private static AggregateException Aggregate(string message, Exception[] inner)
    {
        string appended = string.Concat(inner.Select(error => $" ({error.Message})"));
        return new AggregateException(message.EndsWith(appended, StringComparison.Ordinal) ? message[..^appended.Length] : message, inner);
    }

    private Type? FindType(RemoteFailure failure)
    {
        // A name with type arguments would make the reflection API parse and load what stands in it.
        if (failure.TypeName.AsSpan().IndexOfAny("[],\\") >= 0)
            return null;

        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (assembly.FullName != failure.AssemblyName || !(IsFramework(assembly) || IsOfWork(assembly)))
                continue;
            if (assembly.GetType(failure.TypeName) is { IsAbstract: false } type && type.Assembly == assembly
                && type.IsAssignableTo(typeof(Exception)))
            {
                return type;
            }
        }

        return null;
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
