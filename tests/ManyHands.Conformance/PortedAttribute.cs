namespace ManyHands.Conformance;

/// <summary>Says where a scenario comes from: a test of another project, which this one repeats with our means. The table of scenarios prints it.</summary>
/// <param name="origin">Project, file and test, as <c>cpython/test_deadlock/test_crash_big_data</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class PortedAttribute(string origin) : Attribute
{
    /// <summary>Project, file and test.</summary>
    public string Origin { get; } = origin;

    /// <summary>More is asked here than there, since our pool survives.</summary>
    public bool Stronger { get; init; }
}
