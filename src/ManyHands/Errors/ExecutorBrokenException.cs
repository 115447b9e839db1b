namespace ManyHands;

/// <summary>
/// The executor has given up: its workers failed more often than the restart limit allows. The last cause is the
/// <see cref="Exception.InnerException"/>.
/// </summary>
public sealed class ExecutorBrokenException : ExecutorException
{
    internal ExecutorBrokenException(string message, Exception? lastCause) : base(message, lastCause)
    {
    }
}
