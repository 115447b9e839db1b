using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Serialization;

namespace ManyHands.Payloads;

/// <summary>What an exception type shows beyond what every exception has, and how one is made. Found once per type.</summary>
internal sealed class ExceptionShape
{
    private const BindingFlags Visible = BindingFlags.Instance | BindingFlags.Public;

    private static readonly ConditionalWeakTable<Type, ExceptionShape> _known = [];

    private ExceptionShape(Type type)
    {
        Members = MembersOf(type);
        Constructors =
        [
            .. type.GetConstructors(Visible)
                .Where(constructor => constructor.GetParameters().All(parameter => parameter.ParameterType != typeof(SerializationInfo)))
                .OrderByDescending(constructor => constructor.GetParameters().Length),
        ];
    }

    /// <summary>Its public properties and fields, without those of <see cref="Exception"/>.</summary>
    public IReadOnlyList<ExceptionMember> Members { get; }

    /// <summary>Its public constructors, those that take most first.</summary>
    public IReadOnlyList<ConstructorInfo> Constructors { get; }

    public static ExceptionShape Of(Type type) => _known.GetValue(type, static type => new ExceptionShape(type));

    private static List<ExceptionMember> MembersOf(Type type)
    {
        var members = new List<ExceptionMember>();
        var names = new HashSet<string>();
        foreach (var property in type.GetProperties(Visible))
        {
            if (property.GetMethod is { IsPublic: true } getter && property.GetIndexParameters().Length == 0
                && getter.GetBaseDefinition().DeclaringType != typeof(Exception) && !IsCarriedOtherwise(property))
            {
                // A member that another one hides has a value of its own, and a name that tells them apart.
                string name = names.Add(property.Name) ? property.Name : $"{property.DeclaringType!.FullName}.{property.Name}";
                members.Add(new ExceptionMember(name, property));
            }
        }

        members.AddRange(type.GetFields(Visible).Select(field => new ExceptionMember(field.Name, field)));
        return members;
    }

    // A cancelled task and the token that cancelled it mean nothing elsewhere: these arrive as none, as they do where the work never had any.
    // The inner exceptions of an aggregate travel by themselves.
    private static bool IsCarriedOtherwise(PropertyInfo property) => property.DeclaringType == typeof(OperationCanceledException)
        || property.DeclaringType == typeof(TaskCanceledException) || property.DeclaringType == typeof(AggregateException);
}

/// <summary>One public property or field of an exception.</summary>
internal sealed class ExceptionMember
{
    private readonly PropertyInfo? _property;
    private readonly FieldInfo? _field;

    public ExceptionMember(string name, PropertyInfo property) => (Name, Type, _property) = (name, property.PropertyType, property);

    public ExceptionMember(string name, FieldInfo field) => (Name, Type, _field) = (name, field.FieldType, field);

    public string Name { get; }

    /// <summary>The declared type.</summary>
    public Type Type { get; }

    public bool CanSet => _property?.SetMethod is { IsPublic: true } || _field is { IsInitOnly: false };

    /// <summary>Its value as bytes, or null where the value cannot travel or the getter fails.</summary>
    public byte[]? TryCapture(Exception error)
    {
        try
        {
            object? value = _property is null ? _field!.GetValue(error) : _property.GetValue(error);
            return value is Exception && ReferenceEquals(value, error.InnerException) ? [FailureValue.Cause] : FailureValue.TryEncode(Type, value);
        }
        catch (Exception)
        {
            // The getter is foreign code. What it does not give is counted as lost.
            return null;
        }
    }

    /// <summary>Sets it. Throws what a setter throws.</summary>
    public void Set(Exception error, object? value)
    {
        if (_property is null)
            _field!.SetValue(error, value);
        else
            _property.SetValue(error, value);
    }
}
