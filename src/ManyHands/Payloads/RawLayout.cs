using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ManyHands.Payloads;

/// <summary>Which types are plain memory that means the same in another process.</summary>
internal static class RawLayout
{
    /// <summary>No references to objects, no addresses.</summary>
    public static bool IsRaw(Type type) => IsUnmanaged(type) && FindAddress(type) is null;

    /// <summary>A value without references to objects. Addresses count as values here.</summary>
    public static bool IsUnmanaged(Type type)
    {
        if (!type.IsValueType || type.IsByRefLike || type == typeof(void))
            return type.IsPointer || type.IsFunctionPointer;
        return type.IsPrimitive || type.IsEnum || Fields(type).All(field => IsUnmanaged(field.FieldType));
    }

    /// <summary>
    /// The path to a pointer or handle inside an unmanaged type, such as <c>.Header.Next</c>; empty where the type itself is one, null
    /// where there is none. An address is meaningless in another process.
    /// </summary>
    public static string? FindAddress(Type type)
    {
        if (type.IsPointer || type.IsFunctionPointer || type == typeof(nint) || type == typeof(nuint))
            return "";
        if (type.IsPrimitive || type.IsEnum || !type.IsValueType)
            return null;

        foreach (var field in Fields(type))
        {
            if (FindAddress(field.FieldType) is { } path)
                return $".{TypeNames.OfField(field)}{path}";
        }

        return null;
    }

    /// <summary>The memory of raw elements. MemoryMarshal.AsBytes does the same, but not for nullable values.</summary>
    public static Span<byte> BytesOf<TElement>(Span<TElement> elements) => MemoryMarshal.CreateSpan(
        ref Unsafe.As<TElement, byte>(ref MemoryMarshal.GetReference(elements)), checked(elements.Length * Unsafe.SizeOf<TElement>()));

    /// <inheritdoc cref="BytesOf{TElement}(Span{TElement})"/>
    public static ReadOnlySpan<byte> BytesOf<TElement>(ReadOnlySpan<TElement> elements) => MemoryMarshal.CreateReadOnlySpan(
        ref Unsafe.As<TElement, byte>(ref MemoryMarshal.GetReference(elements)), checked(elements.Length * Unsafe.SizeOf<TElement>()));

    private static FieldInfo[] Fields(Type type) => type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
}
