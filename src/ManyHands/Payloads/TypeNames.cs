using System.Reflection;

namespace ManyHands.Payloads;

/// <summary>Names as they stand in source code, for messages.</summary>
internal static class TypeNames
{
    /// <summary>Without namespace, with type arguments: <c>Dictionary&lt;String, Order[]&gt;</c>.</summary>
    public static string Of(Type type)
    {
        if (type.IsArray)
            return $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (type.HasElementType)
            return Of(type.GetElementType()!) + (type.IsPointer ? "*" : "&");
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Of(underlying) + "?";

        string name = type.Name;
        int arity = name.IndexOf('`', StringComparison.Ordinal);
        if (!type.IsGenericType || arity < 0)
            return name.Length == 0 ? type.ToString() : name;
        return $"{name[..arity]}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>";
    }

    /// <summary>The property, captured parameter or variable that a compiler made this field for, else the field's own name.</summary>
    public static string OfField(FieldInfo field)
    {
        // <Name>k__BackingField of a property, <Name>i__Field of an anonymous type, <name>P of a primary constructor's parameter.
        int end = field.Name.IndexOf('>', StringComparison.Ordinal);
        return field.Name.StartsWith('<') && end > 1 ? field.Name[1..end] : field.Name;
    }
}
