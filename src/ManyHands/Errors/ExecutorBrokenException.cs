namespace ManyHands;

/// <summary>
/// The executor has no workers for now: more of them than <see cref="RestartLimit"/> allows failed to start. It tries again by itself. The last cause is the
/// <see cref="Exception.InnerException"/>.
/// </summary>
public sealed class ExecutorBrokenException : ExecutorException
{
    internal ExecutorBrokenException(string message, Exception? lastCause, TimeSpan nextTryIn = default) : base(message, lastCause) => NextTryIn = nextTryIn;

    /// <summary>
    /// Time from this error to the next start of a worker, and so the least after which a submission may succeed. Zero while one is under way; <see cref="TimeSpan.MaxValue"/> if
    /// there is none (<see cref="RestartLimit.Window"/> has no end).
    /// </summary>
    public TimeSpan NextTryIn { get; }
}
