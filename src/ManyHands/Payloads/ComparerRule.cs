using System.Reflection;

namespace ManyHands.Payloads;

/// <summary>A collection with another comparer than the default one would arrive with the default one, so it is refused.</summary>
internal sealed class ComparerRule
{
    private readonly List<(PropertyInfo Comparer, object Default)> _comparers = [];

    private ComparerRule()
    {
    }

    /// <summary>The rule for a collection type, or null where it has no comparers.</summary>
    public static ComparerRule? For(Type collection)
    {
        var rule = new ComparerRule();
        foreach (string name in (string[])["Comparer", "KeyComparer", "ValueComparer"])
        {
            if (collection.GetProperty(name) is { PropertyType: { IsGenericType: true } type } comparer)
                rule._comparers.Add((comparer, DefaultFor(type)));
        }

        return rule._comparers.Count == 0 ? null : rule;
    }

    public void Check(object collection)
    {
        foreach (var (comparer, expected) in _comparers)
        {
            object? actual = comparer.GetValue(collection);
            // Ordinal equality of text is what the default comparer does.
            bool same = Equals(actual, expected)
                || (ReferenceEquals(actual, StringComparer.Ordinal) && expected is IEqualityComparer<string>);
            if (!same)
            {
                throw new RefusedValueException(
                    $"its comparer is a {TypeNames.Of(actual!.GetType())}, and it would arrive with the default one. "
                    + "Send the items and build the collection in the work.");
            }
        }
    }

    private static object DefaultFor(Type comparer)
    {
        var definition = comparer.GetGenericTypeDefinition() == typeof(IComparer<>) ? typeof(Comparer<>) : typeof(EqualityComparer<>);
        return definition.MakeGenericType(comparer.GetGenericArguments()).GetProperty("Default")!.GetValue(null)!;
    }
}
