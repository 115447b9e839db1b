using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ManyHands.Payloads;

/// <summary>
/// Shapes the JSON contract of each type so that exactly its state travels: what only computes is left out, what carries state is always
/// written, and a value that is not of the declared type is refused while it is written. <see cref="TravelRules"/> refuses what remains.
/// </summary>
internal static class ExactContract
{
    /// <summary>A modifier for the resolver; runs once per type.</summary>
    public static void Apply(JsonTypeInfo contract)
    {
        if (contract.Kind == JsonTypeInfoKind.None)
            return;

        if (contract.Kind == JsonTypeInfoKind.Object)
            KeepOnlyState(contract);
        if (ExpectationFor(contract) is not { } check)
            return;

        var own = contract.OnSerializing;
        contract.OnSerializing = own is null ? check : value =>
        {
            check(value);
            own(value);
        };
    }

    public static string OtherType(Type actual, Type expected)
        => $"it is a {TypeNames.Of(actual)} and would arrive as {TypeNames.Of(expected)}. "
        + "Declare the type that is sent, list it with [JsonDerivedType], or convert it first.";

    /// <summary>The instance field whose value this property or field is, or null where it computes.</summary>
    public static FieldInfo? FieldBehind(JsonPropertyInfo member) => member.AttributeProvider switch
    {
        FieldInfo field => field,
        PropertyInfo { DeclaringType: { } type } property =>
            Find(type, $"<{property.Name}>k__BackingField") ?? Find(type, $"<{property.Name}>i__Field"),
        _ => null,
    };

    private static FieldInfo? Find(Type type, string name)
        => type.GetField(name, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);

    // Setting a computed property while reading could change the state that was read before it.
    private static void KeepOnlyState(JsonTypeInfo contract)
    {
        if (TravelRules.IsTransparent(contract.Type))
            return;
        contract.PreferredPropertyObjectCreationHandling = JsonObjectCreationHandling.Replace;

        for (int i = contract.Properties.Count - 1; i >= 0; i--)
        {
            var member = contract.Properties[i];
            if (FieldBehind(member) is null && !BindsToConstructor(contract, member))
                contract.Properties.RemoveAt(i);
            else
                CarryAlways(member);
        }
    }

    // Attributes can leave a member out, add to what its owner's constructor put there, or spread it over its owner. Then it would keep or
    // mix in values that were not sent.
    private static void CarryAlways(JsonPropertyInfo member)
    {
        if (member.Get is not null && member.ShouldSerialize is not null)
            member.ShouldSerialize = static (_, _) => true;
        if (member.ObjectCreationHandling is not null)
            member.ObjectCreationHandling = JsonObjectCreationHandling.Replace;
        if (member.IsExtensionData)
            member.IsExtensionData = false;
    }

    private static bool BindsToConstructor(JsonTypeInfo contract, JsonPropertyInfo member)
        => contract.ConstructorAttributeProvider is ConstructorInfo constructor && member.AttributeProvider is MemberInfo { Name: var name }
        && constructor.GetParameters().Any(parameter =>
            parameter.ParameterType == member.PropertyType && string.Equals(parameter.Name, name, StringComparison.OrdinalIgnoreCase));

    private static Action<object>? ExpectationFor(JsonTypeInfo contract)
    {
        if (contract.Kind == JsonTypeInfoKind.Object)
        {
            var type = contract.Type;
            return type.IsSealed ? null : value => RequireType(value, type);
        }

        if (CollectionRules.RebuiltAs(contract.Type) is not { } rebuilt)
            return null;
        var comparers = ComparerRule.For(rebuilt);
        return value =>
        {
            RequireType(value, rebuilt);
            comparers?.Check(value);
        };
    }

    private static void RequireType(object value, Type expected)
    {
        if (value.GetType() != expected)
            throw new RefusedValueException(OtherType(value.GetType(), expected));
    }
}
