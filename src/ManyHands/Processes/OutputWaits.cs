namespace ManyHands.Processes;

/// <summary>
/// Lets the threads that give results to callers wait until what the task printed has been handed on. A console or an observer that takes nothing for
/// <see cref="Patience"/> holds up no result any more, until it takes something again. One that is only slow holds up results as it would on a thread, but the end of
/// a worker no longer than that.
/// </summary>
internal sealed class OutputWaits
{
    /// <summary>Time without any progress after which a wait is given up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly object _gate = new();
    private long _progress;
    private volatile bool _isStuck;
    private volatile bool _hasEnded;
    private long? _hurriesSince;

    /// <summary>Something has been handed on. Called by the threads that read the output.</summary>
    public void Progressed()
    {
        Interlocked.Increment(ref _progress);
        _isStuck = false;
    }

    /// <summary>Something that others wait for may be so now.</summary>
    public void Changed()
    {
        using (Uninterrupted.Hold(_gate))
            Monitor.PulseAll(_gate);
    }

    /// <summary>The worker has ended: from now on nothing waits longer than <see cref="Patience"/>.</summary>
    public void Hurry()
    {
        using (Uninterrupted.Hold(_gate))
        {
            _hurriesSince ??= Environment.TickCount64;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Everything has been handed on, and nothing more comes.</summary>
    public void End()
    {
        _hasEnded = true;
        Changed();
    }

    /// <summary>Waits until something is so, or the output has ended.</summary>
    /// <returns>False if the wait was given up.</returns>
    public bool Until(Func<bool> isSo)
    {
        using (Uninterrupted.Hold(_gate))
        {
            long seen = -1, since = 0;
            while (!_hasEnded && !isSo())
            {
                long progress = Interlocked.Read(ref _progress), now = Environment.TickCount64;
                if (progress != seen)
                    (seen, since) = (progress, now);
                TimeSpan waited = TimeSpan.FromMilliseconds(now - Math.Min(since, _hurriesSince ?? since));
                if (waited >= Patience)
                    _isStuck = true;
                if (_isStuck && (_hurriesSince is null || waited >= Patience))
                    return false; // what a worker printed last gets its time, whatever was stuck before
                Uninterrupted.Wait(_gate, Patience - waited);
            }

            return true;
        }
    }
}
