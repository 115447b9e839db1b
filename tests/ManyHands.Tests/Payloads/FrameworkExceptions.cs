using System.Collections.ObjectModel;
using System.Reflection;

namespace ManyHands.Tests.Payloads;

/// <summary>Every public exception type of the framework, made by every public constructor that takes what can be made up, with all its public state set.</summary>
internal static class FrameworkExceptions
{
    private const BindingFlags Visible = BindingFlags.Instance | BindingFlags.Public;

    /// <summary>All concrete public types with a public constructor.</summary>
    public static Type[] Types { get; } =
    [
        .. Assemblies().SelectMany(assembly => assembly.GetExportedTypes())
            .Where(type => type.IsSubclassOf(typeof(Exception)) && type is { IsAbstract: false, ContainsGenericParameters: false } && type.GetConstructors(Visible).Length > 0)
            .OrderBy(type => type.FullName, StringComparer.Ordinal),
    ];

    /// <summary>One for each constructor, each with data of its own.</summary>
    public static IEnumerable<Exception> Made(Type type)
    {
        foreach (var constructor in type.GetConstructors(Visible))
        {
            int number = 0;
            object?[] arguments = [.. constructor.GetParameters().Select(parameter => Sample(parameter.ParameterType, ++number))];
            if (TryMake(constructor, arguments) is not { } made)
                continue;
            foreach (var property in State(type).Where(property => property.SetMethod is { IsPublic: true }))
                TrySet(made, property, Sample(property.PropertyType, ++number));
            made.HelpLink = "https://example.org/help";
            made.Data["order"] = 4711;
            yield return made;
        }
    }

    /// <summary>What the type shows beyond what every exception has.</summary>
    public static IEnumerable<PropertyInfo> State(Type type) => type.GetProperties(Visible).Where(property =>
        property.GetMethod is { IsPublic: true } getter && property.GetIndexParameters().Length == 0
        && getter.GetBaseDefinition().DeclaringType != typeof(Exception)
        && property.PropertyType != typeof(CancellationToken) && property.PropertyType != typeof(Task));

    /// <summary>What a member shows, as far as two objects can be compared.</summary>
    public static string Show(PropertyInfo property, Exception error) => property.GetValue(error) switch
    {
        null => "null",
        ReadOnlyCollection<Exception> several => string.Join(", ", several.Select(one => $"{one.GetType()}: {one.Message}")),
        Exception one => $"{one.GetType()}: {one.Message}",
        var value => $"{value.GetType()}: {value}",
    };

    private static IEnumerable<Assembly> Assemblies()
    {
        string folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == folder)
            .Select(path => Assembly.Load(new AssemblyName(Path.GetFileNameWithoutExtension(path))));
    }

    private static object? Sample(Type type, int number)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return $"text {number}";
        if (type == typeof(object))
            return 40 + number;
        if (type == typeof(Type))
            return typeof(DayOfWeek);
        if (type == typeof(TimeSpan))
            return TimeSpan.FromMinutes(number);
        if (type == typeof(Exception))
            return new FormatException("the cause");
        if (type == typeof(IEnumerable<Exception>) || type == typeof(Exception[]))
            return new Exception[] { new FormatException("one"), new TimeoutException("two") };
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(Math.Min(1, Enum.GetValues(type).Length - 1));
        return type.IsPrimitive && type != typeof(nint) ? Convert.ChangeType(type == typeof(bool) ? 1 : number, type, null) : null;
    }

    private static Exception? TryMake(ConstructorInfo constructor, object?[] arguments)
    {
        try
        {
            return (Exception)constructor.Invoke(arguments);
        }
        catch (TargetInvocationException)
        {
            return null; // it wants something else than null
        }
    }

    private static void TrySet(Exception made, PropertyInfo property, object? value)
    {
        try
        {
            property.SetValue(made, value);
        }
        catch (TargetInvocationException)
        {
            // It refuses that value, and keeps its own.
        }
    }
}
