namespace ManyHands.Advisor;

/// <summary>The work itself failed. What fails is not the work that was meant, so nothing can be advised; the message says what failed, how, and what to do.</summary>
public sealed class WorkFailedException : Exception
{
    /// <summary>With a message.</summary>
    /// <param name="message">What failed, how, and what to do.</param>
    public WorkFailedException(string message) : base(message)
    {
    }

    /// <summary>With a message and a reason.</summary>
    /// <param name="message">What failed, how, and what to do.</param>
    /// <param name="innerException">The reason.</param>
    public WorkFailedException(string message, Exception? innerException) : base(message, innerException)
    {
    }
}
