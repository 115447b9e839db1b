namespace ManyHands;

/// <summary>An error of the executor itself, as opposed to one that the work threw.</summary>
public abstract class ExecutorException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What happened, to what, what is known, and what to do.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    protected ExecutorException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }
}
