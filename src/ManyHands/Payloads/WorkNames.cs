using System.Reflection;
using System.Runtime.CompilerServices;

namespace ManyHands.Payloads;

/// <summary>Names of work for people, also where a compiler invented the real one.</summary>
internal static class WorkNames
{
    /// <summary>
    /// <c>Shop.Forge.Hammer</c>; a lambda in it is <c>Shop.Forge.Hammer lambda</c>, a local function <c>Shop.Forge.Hammer.Strike</c>.
    /// </summary>
    public static string Of(MethodInfo method)
    {
        var type = method.DeclaringType;
        while (type is { DeclaringType: not null } && type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))
            type = type.DeclaringType;
        string prefix = type?.FullName is { } name ? WithoutArity(name.Replace('+', '.')) + "." : "";
        return prefix + Readable(method.Name);
    }

    // <Outer>b__0_1 is a lambda in Outer, <Outer>g__Local|0_1 a local function, <Main>$ what holds top-level statements. Outer can itself
    // be such a name.
    private static string Readable(string name)
    {
        int end = name.LastIndexOf('>');
        if (!name.StartsWith('<') || end < 2)
            return name;

        string outer = Readable(name[1..end]);
        string suffix = name[(end + 1)..];
        int bar = suffix.IndexOf('|', StringComparison.Ordinal);
        if (suffix.StartsWith("g__", StringComparison.Ordinal) && bar > 3)
            return $"{outer}.{suffix[3..bar]}";
        return suffix.StartsWith("b__", StringComparison.Ordinal) ? $"{outer} lambda" : outer;
    }

    private static string WithoutArity(string name)
    {
        // A closed generic type's full name goes on with its arguments in brackets.
        int bracket = name.IndexOf('[', StringComparison.Ordinal);
        string definition = bracket < 0 ? name : name[..bracket];
        return string.Join('.', definition.Split('.').Select(part => part.Split('`')[0]));
    }
}
