using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace ManyHands.Payloads;

/// <summary>Which delegates can be found again in another process. Everything else is refused with its reason.</summary>
internal static class WorkRules
{
    private const string Instead =
        "Submit a static method or a lambda that uses nothing but its parameters, and pass data as the argument.";

    /// <exception cref="ArgumentException">The delegate cannot run in another process.</exception>
    public static void Check(Delegate work)
    {
        if (!work.HasSingleTarget)
            throw Refuse(work, "is a combination of several delegates. Submit each one for itself.");
        CheckMethod(work);
        WorkCaptures.Check(work);
        CheckSignature(work);
        CheckResult(work);
    }

    /// <summary>The method takes its argument and a token.</summary>
    public static bool TakesToken(MethodInfo method)
        => method.GetParameters() is [_, { ParameterType: var last }] && last == typeof(CancellationToken);

    public static ArgumentException Refuse(Delegate work, string why) => new($"The work '{WorkNames.Of(work.Method)}' {why}", nameof(work));

    private static void CheckMethod(Delegate work)
    {
        var method = work.Method;
        if (method is DynamicMethod || method.DeclaringType is not { } type)
            throw Refuse(work, $"was compiled at run time, so no worker can find it. {Instead}");
        if (!AssemblyAddress.IsReachable(type.Assembly))
        {
            throw Refuse(
                work,
                $"belongs to the assembly '{type.Assembly.GetName().Name}', which was "
                + (type.Assembly.IsDynamic
                    ? "created in memory, so no worker can load it. Compile the work into an assembly file."
                    : "loaded from memory, so no worker can load it. Load it from its file, with LoadFromAssemblyPath; a copy of the file does as well."));
        }
    }

    private static void CheckSignature(Delegate work)
    {
        var kind = work.GetType().IsGenericType ? work.GetType().GetGenericTypeDefinition() : work.GetType();
        bool two = kind == typeof(Action<,>) || kind == typeof(Func<,,>);
        bool known = two || kind == typeof(Action<>) || kind == typeof(Func<,>);
        if (!known || (two && work.GetType().GetGenericArguments()[1] != typeof(CancellationToken)))
        {
            throw Refuse(
                work,
                $"is a {TypeNames.Of(work.GetType())}. "
                + "Work is an Action or Func of one argument, with or without a CancellationToken after it.");
        }

        var invoke = work.GetType().GetMethod("Invoke")!;
        if (TypesOf(work.Method).SequenceEqual(TypesOf(invoke)))
            return;
        throw Refuse(
            work,
            $"has the signature {Signature(work.Method)}, which differs from {Signature(invoke)} of the delegate. "
            + "Submit it with exactly its own types, or wrap it in a static lambda.");
    }

    private static void CheckResult(Delegate work)
    {
        var method = work.Method;
        var result = method.ReturnType;
        if (result == typeof(void))
        {
            if (method.IsDefined(typeof(AsyncStateMachineAttribute)))
                throw Refuse(work, "is async void, so nobody can tell when it ends or fails. Let it return Task.");
            return;
        }

        bool isTask = result == typeof(Task) || (result.IsGenericType && result.GetGenericTypeDefinition() == typeof(Task<>));
        if (!isTask && result.GetMethod(nameof(Task.GetAwaiter), Type.EmptyTypes) is not null)
        {
            throw Refuse(
                work,
                $"returns {TypeNames.Of(result)}, which the executor does not await. Let it return Task or Task<T>, or add .AsTask().");
        }
    }

    private static IEnumerable<Type> TypesOf(MethodInfo method)
        => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType);

    private static string Signature(MethodInfo method)
    {
        var parameters = method.GetParameters().Select(parameter => TypeNames.Of(parameter.ParameterType));
        return $"({string.Join(", ", parameters)}) => {TypeNames.Of(method.ReturnType)}";
    }
}
