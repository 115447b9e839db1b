using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace ManyHands.Payloads;

/// <summary>The worker's side of <see cref="WorkReference"/>: finds the method and makes a delegate of the submitted type.</summary>
/// <remarks>
/// Every worker comes through here before its first result, and nothing of it has been compiled before. Each sequence operator would cost as much
/// again as the search itself (bench/rivals, start).
/// </remarks>
/// <param name="context">Where it is loaded. Default: where the application's assemblies are.</param>
internal sealed class WorkResolver(AssemblyLoadContext? context = null)
{
    private readonly TypeResolver _types = new(context);

    /// <summary>Finds the types.</summary>
    public TypeResolver Types => _types;

    /// <exception cref="WorkerVersionMismatchException">This process has another build of the code.</exception>
    /// <exception cref="WorkerStartException">This process cannot find the code.</exception>
    public Delegate Resolve(WorkReference reference)
    {
        try
        {
            return Find(reference);
        }
        catch (Exception error) when (error is not ExecutorException)
        {
            // Loading fails in many ways: files, types, constraints. For the caller it is one: this worker cannot run this work.
            throw new WorkerStartException(
                $"The worker cannot load what '{reference.DisplayName}' needs: {error.Message} "
                + $"Is everything that '{reference.DeclaringType.Assembly.Path}' refers to beside it?", error);
        }
    }

    private Delegate Find(WorkReference reference)
    {
        _types.Learn(reference.Contexts);
        var type = _types.Resolve(reference.DeclaringType);
        var method = FindMethod(type, reference);
        var delegateType = DelegateType(method, reference);

        // The compiler's singleton for lambdas has no fields, so any object of its type does.
        object? target = method.IsStatic ? null : RuntimeHelpers.GetUninitializedObject(type);
        return Delegate.CreateDelegate(delegateType, target, method);
    }

    private MethodInfo FindMethod(Type type, WorkReference reference)
    {
        MethodBase? found = null;
        try
        {
            found = type.Module.ResolveMethod(reference.Token);
        }
        catch (ArgumentException)
        {
            // No such token: reported below.
        }

        if (found is not MethodInfo definition || definition.Name != reference.MethodName || !SameDefinition(definition.DeclaringType, type)
            || definition.GetGenericArguments().Length != reference.MethodArguments.Count)
        {
            throw TypeResolver.Mismatch(
                reference.DeclaringType.Assembly,
                $"the method '{reference.DisplayName}' is not at its place (was it added while the program ran?)");
        }

        var method = type.IsGenericType
            ? (MethodInfo)MethodBase.GetMethodFromHandle(definition.MethodHandle, type.TypeHandle)!
            : definition;
        return reference.MethodArguments.Count == 0
            ? method
            : method.MakeGenericMethod(_types.ResolveAll(reference.MethodArguments));
    }

    private static bool SameDefinition(Type? declaring, Type type)
        => declaring == (type.IsGenericType ? type.GetGenericTypeDefinition() : type);

    private static Type DelegateType(MethodInfo method, WorkReference reference)
    {
        var parameters = method.GetParameters();
        if (parameters.Length != (reference.TakesToken ? 2 : 1) || WorkRules.TakesToken(method) != reference.TakesToken)
            throw TypeResolver.Mismatch(reference.DeclaringType.Assembly, $"the method '{reference.DisplayName}' has other parameters");

        Type[] types = Array.ConvertAll(parameters, static parameter => parameter.ParameterType);
        return (types.Length, method.ReturnType == typeof(void)) switch
        {
            (1, true) => typeof(Action<>).MakeGenericType(types),
            (2, true) => typeof(Action<,>).MakeGenericType(types),
            (1, false) => typeof(Func<,>).MakeGenericType([.. types, method.ReturnType]),
            _ => typeof(Func<,,>).MakeGenericType([.. types, method.ReturnType]),
        };
    }
}
