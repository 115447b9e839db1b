using System.Globalization;

namespace ManyHands.Pooling;

/// <summary>Why no worker can be started, and when that is tried again. Times are the pool's.</summary>
/// <param name="Since">When it broke.</param>
/// <param name="Cause">Why the last start failed.</param>
/// <param name="FailedStarts">Starts that have failed in a row.</param>
/// <param name="NextTry">When the next one is tried. In the past while it is under way; the end of time if there is none.</param>
internal sealed record Breakdown(TimeSpan Since, Exception Cause, int FailedStarts, TimeSpan NextTry)
{
    /// <summary>Made anew for each task and submission: the times in it are those at which it is thrown.</summary>
    public ExecutorBrokenException Error(TimeSpan now)
    {
        TimeSpan wait = Wait(now);
        string next = wait == TimeSpan.MaxValue ? "RestartLimit.Window has no end, so it is not tried again."
            : wait == TimeSpan.Zero ? "It is being tried again; until a worker is ready, every submission fails at once."
            : string.Create(CultureInfo.InvariantCulture, $"It is tried again by itself in {wait.TotalSeconds:0.0##} s; until a worker is ready, every submission fails at once.");
        return new ExecutorBrokenException(
            $"No worker can be started: {FailedStarts} starts in a row failed, the last one because: {Cause.Message} "
            + $"{next} Correct the cause. See Snapshot().Broken and RestartLimit.", Cause, wait);
    }

    public BrokenSnapshot Snapshot(TimeSpan now) => new(now - Since, Cause, FailedStarts, Wait(now));

    private TimeSpan Wait(TimeSpan now) => NextTry == TimeSpan.MaxValue ? NextTry : NextTry > now ? NextTry - now : TimeSpan.Zero;
}
