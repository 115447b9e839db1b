namespace ManyHands;

/// <summary>The task ran longer than its submission allowed, and was stopped.</summary>
public sealed class TaskTimeoutException : TimeoutException
{
    internal TaskTimeoutException(string message, TimeSpan timeout, Exception? innerException = null) : base(message, innerException)
        => Timeout = timeout;

    /// <summary>The time that the task was given.</summary>
    public TimeSpan Timeout { get; }
}
