namespace ManyHands.Conformance;

/// <summary>Says which fault of docs/failures.md a test provokes. The table of faults prints it.</summary>
/// <param name="number">7 for F7.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class FaultAttribute(int number) : Attribute
{
    /// <summary>7 for F7.</summary>
    public int Number { get; } = number;
}
