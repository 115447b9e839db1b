using System.Globalization;

namespace ManyHands;

/// <summary>The number of a task, unique within its executor.</summary>
/// <param name="Value">The number itself; the first task of an executor is 1.</param>
public readonly record struct TaskId(long Value)
{
    /// <summary>The number, without decoration.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
