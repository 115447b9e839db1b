using System.Reflection;
using ManyHands.Conformance;

namespace ManyHands.Scenarios;

/// <summary>A test that says which scenario it repeats or which fault it provokes, in the class in which it runs.</summary>
internal sealed record LabelledTest(string Class, string Method, string Column, IReadOnlyList<PortedAttribute> Origins, IReadOnlyList<int> Faults)
{
    /// <summary>The kinds of executor that scenarios run on: the columns of the table.</summary>
    public static readonly string[] Columns = ["threads", "contexts", "processes", "portable"];

    /// <summary>The name by which the test runner selects it.</summary>
    public string FullName => $"{Class}.{Method}";

    /// <summary>All of an assembly.</summary>
    public static IEnumerable<LabelledTest> Of(Assembly assembly) =>
        from type in assembly.GetTypes()
        where type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
        from method in type.GetMethods()
        let origins = method.GetCustomAttributes<PortedAttribute>().ToList()
        let faults = method.GetCustomAttributes<FaultAttribute>().Select(fault => fault.Number).ToList()
        where origins.Count + faults.Count > 0
        select new LabelledTest(type.FullName!, method.Name, ColumnOf(type), origins, faults);

    // Suites are inherited for each fixture, and its name says the kind. What is no suite uses processes.
    private static string ColumnOf(Type type)
    {
        string? fixture = null;
        for (Type? ancestor = type.BaseType; ancestor is not null && fixture is null; ancestor = ancestor.BaseType)
            fixture = ancestor.GenericTypeArguments.FirstOrDefault(argument => argument.IsSubclassOf(typeof(ExecutorFixture)))?.Name;
        return fixture switch
        {
            null => "processes",
            _ when fixture.Contains("Thread", StringComparison.Ordinal) => "threads",
            _ when fixture.Contains("Context", StringComparison.Ordinal) => "contexts",
            _ when fixture.Contains("Portable", StringComparison.Ordinal) => "portable",
            _ => "processes",
        };
    }
}
