namespace ManyHands;

/// <summary>The system has no more of something the executor cannot do without.</summary>
public sealed class ResourceExhaustedException : ExecutorException
{
    internal ResourceExhaustedException(ResourceKind kind, string message, Exception? innerException = null) : base(message, innerException)
        => Kind = kind;

    /// <summary>What there is no more of.</summary>
    public ResourceKind Kind { get; }
}
