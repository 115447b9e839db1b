using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace ManyHands.Payloads;

/// <summary>Which collections arrive as they were. Decided by sending each one there and back, see the tests.</summary>
internal static class CollectionRules
{
    private static readonly HashSet<Type> _exact =
    [
        typeof(List<>), typeof(LinkedList<>), typeof(Queue<>), typeof(HashSet<>), typeof(SortedSet<>), typeof(ConcurrentQueue<>),
        typeof(Dictionary<,>), typeof(SortedDictionary<,>), typeof(SortedList<,>), typeof(OrderedDictionary<,>),
        typeof(ConcurrentDictionary<,>), typeof(ImmutableArray<>), typeof(ImmutableList<>), typeof(ImmutableQueue<>),
        typeof(ImmutableHashSet<>), typeof(ImmutableSortedSet<>), typeof(ImmutableDictionary<,>), typeof(ImmutableSortedDictionary<,>),
        typeof(Memory<>), typeof(ReadOnlyMemory<>),
    ];

    // What JSON makes of an interface.
    private static readonly Dictionary<Type, Type> _rebuilt = new()
    {
        [typeof(IEnumerable<>)] = typeof(List<>),
        [typeof(ICollection<>)] = typeof(List<>),
        [typeof(IList<>)] = typeof(List<>),
        [typeof(IReadOnlyCollection<>)] = typeof(List<>),
        [typeof(IReadOnlyList<>)] = typeof(List<>),
        [typeof(ISet<>)] = typeof(HashSet<>),
        [typeof(IDictionary<,>)] = typeof(Dictionary<,>),
        [typeof(IReadOnlyDictionary<,>)] = typeof(Dictionary<,>),
    };

    private static readonly HashSet<Type> _reversed = [typeof(Stack<>), typeof(ConcurrentStack<>), typeof(ImmutableStack<>)];

    /// <summary>The type that arrives for a declared collection type, or null where it cannot arrive.</summary>
    public static Type? RebuiltAs(Type declared)
    {
        if (declared.IsSZArray)
            return declared;
        if (!declared.IsGenericType)
            return null;

        var definition = declared.GetGenericTypeDefinition();
        if (_exact.Contains(definition))
            return declared;
        return _rebuilt.TryGetValue(definition, out var rebuilt) ? rebuilt.MakeGenericType(declared.GetGenericArguments()) : null;
    }

    /// <summary>Why a collection cannot travel, and what to send instead.</summary>
    public static string Reason(Type declared)
    {
        if (declared.IsArray)
            return "an array with several dimensions cannot travel. Send a flat array and the lengths.";
        if (declared.IsGenericType && _reversed.Contains(declared.GetGenericTypeDefinition()))
            return "a stack would arrive upside down. Send an array of its items.";
        return "this collection would not arrive unchanged. Send an array, a List, a HashSet or a Dictionary, "
            + "or give it a [JsonConverter].";
    }

    /// <summary>Types that can be names in a JSON object.</summary>
    public static bool IsKey(Type type)
        => type == typeof(string) || type == typeof(Uri) || type == typeof(Version) || ExactBytes.Has(type)
        || (RawLayout.IsRaw(type) && Nullable.GetUnderlyingType(type) is null);
}
