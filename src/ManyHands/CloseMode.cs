namespace ManyHands;

/// <summary>What closing does with the tasks that have not ended.</summary>
public enum CloseMode
{
    /// <summary>Everything submitted so far runs to its end.</summary>
    Drain,

    /// <summary>
    /// Queued tasks never run. Running ones are asked to stop, and are killed after <see cref="ExecutorOptions.KillAfter"/> where the
    /// executor can kill. Their callers get an <see cref="ObjectDisposedException"/>.
    /// </summary>
    Cancel,

    /// <summary>As <see cref="Cancel"/>, without the time to stop by themselves.</summary>
    Kill,
}
