namespace ManyHands;

/// <summary>Executors were started inside workers of executors more deeply, or with more processes in all, than is allowed.</summary>
public sealed class ExecutorNestingException : ExecutorException
{
    internal ExecutorNestingException(string message) : base(message)
    {
    }
}
