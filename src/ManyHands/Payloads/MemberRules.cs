using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ManyHands.Payloads;

/// <summary>Whether the state in one field is written and comes back.</summary>
internal static class MemberRules
{
    private const string Remedy = "Make it public with set or init, bind it to a constructor parameter, mark it [JsonInclude], "
        + "or give the type a [JsonConverter].";

    /// <summary>Why the field's value would not arrive, or null.</summary>
    /// <param name="field">The field.</param>
    /// <param name="member">The JSON member that stands for it, if there is one.</param>
    public static string? Refusal(FieldInfo field, JsonPropertyInfo? member)
    {
        if (member is not null && IsIgnored(member))
            return "[JsonIgnore] leaves it out, so it would be lost.";
        if (member is { Get: not null } && (member.Set is not null || member.AssociatedParameter is not null))
            return null;
        if (typeof(Delegate).IsAssignableFrom(field.FieldType))
            return "a delegate or event cannot travel. " + Remedy;
        if (member is null && field.DeclaringType!.GetProperty(TypeNames.OfField(field)) is not null)
        {
            return $"{Owner(field)} has a value of its own for it, which a derived type hides, so it would be lost. "
                + "Make the property abstract, or give the type a [JsonConverter].";
        }

        if (member is null)
            return $"{Owner(field)} keeps it private, so it would be lost. {Remedy}";
        if (member.Get is null)
            return $"it cannot be read from outside. {Remedy}";
        if (member.AttributeProvider is PropertyInfo { SetMethod: not null })
            return $"its setter is not public, so it would be lost. {Remedy}";
        return $"it is read-only, so it would be lost. {Remedy}";
    }

    // The other conditions look at the value, and ExactContract has lifted them.
    private static bool IsIgnored(JsonPropertyInfo member)
        => member.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: true) is [JsonIgnoreAttribute ignored, ..]
        && ignored.Condition is (JsonIgnoreCondition.Always or JsonIgnoreCondition.WhenWriting or JsonIgnoreCondition.WhenReading);

    private static string Owner(FieldInfo field) => TypeNames.Of(field.DeclaringType!);
}
