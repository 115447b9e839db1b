namespace ManyHands;

/// <summary>The worker has another build of the code, of this library or of the protocol than its parent.</summary>
public sealed class WorkerVersionMismatchException : WorkerStartException
{
    internal WorkerVersionMismatchException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }
}
