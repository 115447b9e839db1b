using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ManyHands.Payloads;

/// <summary>Dictionaries whose keys cannot be names in a JSON object, such as tuples with a text: as a list of pairs, keys and values by their own rules.</summary>
internal sealed class PairsConverterFactory : JsonConverterFactory
{
    /// <summary>The type is such a dictionary.</summary>
    public static bool Suits(Type type) => CollectionRules.RebuiltAs(type) is not null && !type.IsArray
        && type.GetGenericArguments() is [var key, _] && !CollectionRules.IsKey(key);

    public override bool CanConvert(Type typeToConvert) => Suits(typeToConvert);

    public override JsonConverter? CreateConverter(Type typeToConvert, JsonSerializerOptions options)
        => (JsonConverter?)Activator.CreateInstance(typeof(PairsConverter<,,>).MakeGenericType([typeToConvert, .. typeToConvert.GetGenericArguments()]));
}

internal sealed class PairsConverter<TDictionary, TKey, TValue> : JsonConverter<TDictionary>
    where TDictionary : IEnumerable<KeyValuePair<TKey, TValue>> where TKey : notnull
{
    private static readonly Type _rebuilt = CollectionRules.RebuiltAs(typeof(TDictionary))!;
    private static readonly ComparerRule? _comparers = ComparerRule.For(_rebuilt);

    public override TDictionary Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var pairs = JsonSerializer.Deserialize<List<Pair>>(ref reader, options) ?? throw new JsonException("The list of pairs is missing.");
        IEnumerable<KeyValuePair<TKey, TValue>> items = pairs.Select(pair => KeyValuePair.Create(pair.Key, pair.Value));
        if (_rebuilt == typeof(ImmutableDictionary<TKey, TValue>))
            return (TDictionary)(object)ImmutableDictionary.CreateRange(items);
        if (_rebuilt == typeof(ImmutableSortedDictionary<TKey, TValue>))
            return (TDictionary)(object)ImmutableSortedDictionary.CreateRange(items);
        var made = (IDictionary<TKey, TValue>)Activator.CreateInstance(_rebuilt)!;
        foreach (var (key, value) in items)
            made.Add(key, value);
        return (TDictionary)made;
    }

    public override void Write(Utf8JsonWriter writer, TDictionary value, JsonSerializerOptions options)
    {
        if (value.GetType() != _rebuilt)
            throw new RefusedValueException(ExactContract.OtherType(value.GetType(), _rebuilt));
        _comparers?.Check(value);
        JsonSerializer.Serialize(writer, value.Select(pair => new Pair(pair.Key, pair.Value)).ToList(), options);
    }

    internal readonly record struct Pair(TKey Key, TValue Value);
}
