using System.Reflection;
using System.Runtime.CompilerServices;

namespace ManyHands.Payloads;

/// <summary>
/// Work may not depend on an object of this process. A lambda without captures is nevertheless an instance method, of a singleton without
/// fields that the compiler made; captured variables are the fields of another such class.
/// </summary>
internal static class WorkCaptures
{
    private const string Instead = "Pass what it needs as the argument, and mark the lambda static to have the compiler check it.";

    private const string MakeStatic = "Make it static, and pass the object's data as the argument.";

    /// <exception cref="ArgumentException">The delegate captures variables, an object or its first argument.</exception>
    public static void Check(Delegate work)
    {
        if (work.Target is not { } target)
        {
            if (!work.Method.IsStatic)
                throw WorkRules.Refuse(work, $"is an open instance method. {MakeStatic}");
            return;
        }

        if (work.Method.IsStatic)
        {
            throw WorkRules.Refuse(
                work, $"is a static method that already holds its first argument, a {TypeNames.Of(target.GetType())}. {Instead}");
        }

        bool generated = target.GetType().IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);
        if (!generated)
            throw WorkRules.Refuse(work, Describe(work));

        var captured = CapturedBy(target.GetType()).ToList();
        if (captured.Count > 0)
        {
            throw WorkRules.Refuse(
                work, $"captures {string.Join(", ", captured)}, which no worker in another process shares. {Instead}");
        }
    }

    private static string Describe(Delegate work)
        => work.Method.Name.StartsWith('<')
            ? $"captures 'this', an object of type {TypeNames.Of(work.Target!.GetType())}. {Instead}"
            : $"is an instance method of {TypeNames.Of(work.Target!.GetType())}. {MakeStatic}";

    private static IEnumerable<string> CapturedBy(Type closure)
    {
        foreach (var field in closure.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            if (field.Name.EndsWith("__this", StringComparison.Ordinal))
            {
                yield return "'this'";
            }
            else if (field.Name.Contains("__locals", StringComparison.Ordinal)
                && field.FieldType.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))
            {
                foreach (string name in CapturedBy(field.FieldType))
                    yield return name;
            }
            else if (!field.Name.StartsWith("<>9", StringComparison.Ordinal))
            {
                // A lambda inside a lambda is cached in a <>9__ field, which is no captured variable.
                yield return $"'{TypeNames.OfField(field)}'";
            }
        }
    }
}
