namespace ManyHands.Pooling;

/// <content>
/// Breaking and recovering. While it is broken, whatever is submitted fails at once, and one worker is started now and then, whether or not anybody asks: after
/// <see cref="RestartLimit.Window"/>, and after twice as long each time that fails. As soon as one is ready, the executor is whole again.
/// </content>
internal sealed partial class Scheduler
{
    // The longest pause is 2 to the power of this windows.
    private const int MostDoublings = 3;

    private int _triesInVain;
    private TimeSpan _onProbationUntil;

    /// <summary>Why no worker can be started, while that is so.</summary>
    public Breakdown? Broken { get; private set; }

    private void Break(Exception cause, TimeSpan now)
    {
        if (now >= _onProbationUntil)
            _triesInVain = 0;
        Pause(cause, now);
        ExecutorBrokenException error = Broken!.Error(now);
        _actions.Add(new(SchedulerActionKind.Event, Data: new ExecutorBroken(error)));
        FailQueued(error);
        foreach (Worker worker in _staff)
        {
            if (worker.Phase == WorkerPhase.Starting)
                Kill(worker, WorkerEndReason.Killed, now);
        }
    }

    /// <summary>Sets when the next start is tried.</summary>
    private void Pause(Exception cause, TimeSpan now)
    {
        double ticks = _options.RestartLimit.Span.Ticks * Math.Pow(2, Math.Min(_triesInVain++, MostDoublings));
        _pausedUntil = After(now, ticks < TimeSpan.MaxValue.Ticks ? TimeSpan.FromTicks((long)ticks) : TimeSpan.MaxValue);
        if (_pausedUntil < NextDue)
            NextDue = _pausedUntil;
        Broken = new Breakdown(Broken?.Since ?? now, cause, Broken is null ? _failedStarts : Broken.FailedStarts + 1, _pausedUntil);
    }

    /// <summary>Tries one start, if it is time for that.</summary>
    private void TryAgain(TimeSpan now)
    {
        if (Closing is null && _staff.Starting == 0 && _staff.Serving < Limit && MayStart(now))
            Start(WorkerRole.Serving, now);
    }

    /// <summary>A worker is ready. Whether workers can be used is known only when one has ended a task, or has lived for a while: until then one failure breaks it again.</summary>
    private void Recover(TimeSpan now)
    {
        if (Broken is not { } broken)
            return;
        Broken = null;
        _failedStarts = 0;
        _pausedUntil = now;
        _onProbationUntil = After(now, _options.RestartLimit.Span);
        _actions.Add(new(SchedulerActionKind.Event, Data: new ExecutorRecovered(now - broken.Since)));
    }

    /// <summary>A new worker has ended its first task.</summary>
    private void NoteUsable()
    {
        _failedStarts = 0;
        _triesInVain = 0;
        _onProbationUntil = TimeSpan.Zero;
    }
}
