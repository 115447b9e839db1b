namespace ManyHands;

/// <summary>A worker could not be brought to the point where it can run the work.</summary>
public class WorkerStartException : ExecutorException
{
    internal WorkerStartException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }
}
