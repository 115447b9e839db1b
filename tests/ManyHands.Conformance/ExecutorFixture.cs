namespace ManyHands.Conformance;

/// <summary>Makes executors of one back end for the contract suite.</summary>
public abstract class ExecutorFixture
{
    /// <summary>An executor with the given options; two workers where they do not say.</summary>
    public abstract Executor Create(ExecutorOptions options);
}

/// <summary>Marks a suite that proves an executor; Architecture tests look for it.</summary>
/// <param name="executor">The executor.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ProvesAttribute(Type executor) : Attribute
{
    public Type Executor { get; } = executor;
}
