using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ManyHands.Payloads;

/// <summary>
/// Decides from the types alone whether values can arrive unchanged as JSON: walks every declared type that can be reached and refuses with
/// the path to the first member that would lose something. What types cannot tell is checked while writing, see
/// <see cref="ExactContract"/>.
/// </summary>
internal sealed class TravelRules(JsonSerializerOptions options)
{
    private readonly HashSet<Type> _seen = [];

    /// <exception cref="PayloadException">Something in it cannot travel.</exception>
    public static void Check(Type type, JsonSerializerOptions options) => new TravelRules(options).Visit(type, TypeNames.Of(type));

    /// <summary>Framework types whose private fields are exactly their constructor's parameters.</summary>
    public static bool IsTransparent(Type type)
        => type.IsGenericType
        && (type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>)
            || (type.Assembly == typeof(Tuple).Assembly && type.FullName!.StartsWith("System.Tuple`", StringComparison.Ordinal)));

    private void Visit(Type type, string path)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            Visit(underlying, path);
            return;
        }

        if (!_seen.Add(type) || type == typeof(string) || RawLayout.IsRaw(type))
            return;
        bool trusted = type.GetCustomAttribute<JsonConverterAttribute>(inherit: false) is not null;
        if (!trusted && ForbiddenTypes.Reason(type) is { } forbidden)
            throw Refuse(type, path, forbidden);
        if (!trusted && CollectionRules.RebuiltAs(type) is not null)
        {
            VisitItems(type, path);
            return;
        }

        if (type.IsArray)
            throw Refuse(type, path, CollectionRules.Reason(type));

        if (!trusted)
            RefuseAddresses(type, path);
        var contract = options.GetTypeInfo(type);
        switch (contract.Kind)
        {
            case JsonTypeInfoKind.None when trusted || IsExactValue(type):
                break;
            case JsonTypeInfoKind.Object:
                VisitObject(contract, type, path);
                break;
            case JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary:
                throw Refuse(type, path, CollectionRules.Reason(type));
            default:
                throw Refuse(type, path, "JSON has no exact form for it. Give it a [JsonConverter], or send its parts.");
        }
    }

    // The serializer would refuse these too, but without the path.
    private static void RefuseAddresses(Type type, string path)
    {
        foreach (var field in FieldsOf(type))
        {
            if (field.FieldType.IsPointer || field.FieldType.IsFunctionPointer)
                throw Refuse(field.FieldType, $"{path}.{TypeNames.OfField(field)}", ForbiddenTypes.Reason(field.FieldType)!);
        }
    }

    // The names of its fields would tell the caller nothing.
    private static bool IsOfFramework(Type type) => $"{type.Namespace}.".StartsWith("System.", StringComparison.Ordinal);

    private static bool IsExactValue(Type type) => type == typeof(Uri) || type == typeof(Version) || type == typeof(JsonElement) || ExactBytes.Has(type);

    private void VisitItems(Type type, string path)
    {
        var items = type.IsArray ? [type.GetElementType()!] : type.GetGenericArguments();
        if (items is [var key, _] && !CollectionRules.IsKey(key))
            Visit(key, path + ".Keys[]"); // it travels as a list of pairs
        Visit(items[^1], path + "[]");
    }

    private void VisitObject(JsonTypeInfo contract, Type type, string path)
    {
        if (contract.PolymorphismOptions is { } polymorphism)
            VisitDerived(polymorphism, type, path);
        if (type.IsInterface || type.IsAbstract)
        {
            if (contract.PolymorphismOptions is null)
            {
                throw Refuse(
                    type, path, "its declared type is abstract. Declare the real type, or list the derived ones with [JsonDerivedType].");
            }

            return;
        }

        if (IsTransparent(type))
        {
            foreach (var member in contract.Properties)
                Visit(member.PropertyType, $"{path}.{member.Name}");
            return;
        }

        foreach (var (field, member) in StateOf(contract, type))
        {
            string fieldPath = $"{path}.{TypeNames.OfField(field)}";
            if (MemberRules.Refusal(field, member) is { } reason)
            {
                throw IsOfFramework(field.DeclaringType!)
                    ? Refuse(type, path, "its state is private, so it would be lost. Send its parts, or give the member a [JsonConverter].")
                    : Refuse(field.FieldType, fieldPath, reason);
            }

            if (member!.CustomConverter is null)
                Visit(field.FieldType, fieldPath);
        }

        CheckConstructor(contract, type, path);
    }

    private void VisitDerived(JsonPolymorphismOptions polymorphism, Type type, string path)
    {
        foreach (var derived in polymorphism.DerivedTypes)
        {
            if (derived.TypeDiscriminator is null)
            {
                throw Refuse(type, path, $"[JsonDerivedType(typeof({TypeNames.Of(derived.DerivedType)}))] has no discriminator, "
                    + "so it would arrive as its base type. Give it one as the second argument.");
            }

            if (derived.DerivedType != type)
                Visit(derived.DerivedType, $"{path}({TypeNames.Of(derived.DerivedType)})");
        }
    }

    private static void CheckConstructor(JsonTypeInfo contract, Type type, string path)
    {
        if (contract.ConstructorAttributeProvider is not ConstructorInfo constructor)
        {
            if (!type.IsValueType)
                throw Refuse(type, path, "JSON finds no constructor: make one public, or mark one with [JsonConstructor].");
            return;
        }

        foreach (var parameter in constructor.GetParameters())
        {
            if (!contract.Properties.Any(member => member.AssociatedParameter?.Name == parameter.Name))
            {
                throw Refuse(type, path, $"the constructor's parameter '{parameter.Name}' has no property or field of that name and type, "
                    + "so its value is not known on arrival. Add one, or mark another constructor with [JsonConstructor].");
            }
        }
    }

    private static IEnumerable<(FieldInfo Field, JsonPropertyInfo? Member)> StateOf(JsonTypeInfo contract, Type type)
    {
        var members = contract.Properties
            .Select(member => (Field: ExactContract.FieldBehind(member), Member: member))
            .Where(pair => pair.Field is not null)
            .ToDictionary(pair => (pair.Field!.DeclaringType, pair.Field.Name), pair => pair.Member);
        return FieldsOf(type).Select(field => (field, members.GetValueOrDefault((field.DeclaringType, field.Name))));
    }

    private static IEnumerable<FieldInfo> FieldsOf(Type type)
    {
        const BindingFlags own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        for (var level = type; level is not null; level = level.BaseType)
        {
            foreach (var field in level.GetFields(own))
                yield return field;
        }
    }

    private static PayloadException Refuse(Type type, string path, string reason)
        => new(path == TypeNames.Of(type) ? $"{path}: {reason}" : $"{path} ({TypeNames.Of(type)}): {reason}");
}
