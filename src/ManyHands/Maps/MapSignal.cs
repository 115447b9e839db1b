using ManyHands.Completions;

namespace ManyHands.Maps;

/// <summary>Wakes the reader of a map. One waiter; cheap to set while nobody waits.</summary>
internal sealed class MapSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _waiter;
    private volatile bool _set;

    /// <summary>What the reader awaits; null while it waits for nothing.</summary>
    public Task? Waiting
    {
        get
        {
            using (Uninterrupted.Hold(_gate))
                return _waiter?.Task;
        }
    }

    public void Set()
    {
        if (_set)
            return;
        TaskCompletionSource? waiter;
        using (Uninterrupted.Hold(_gate))
        {
            waiter = _waiter;
            _waiter = null;
            _set = true; // also where somebody was waiting: the reader may have stopped waiting for another reason and be about to wait again
        }

        if (waiter is not null)
            Errands.Run(static waiter => waiter.TrySetResult(), waiter); // the reader goes on right there
    }

    /// <summary>Ends at the next <see cref="Set"/>, or at once if there was one since the last wait.</summary>
    public Task WaitAsync()
    {
        using (Uninterrupted.Hold(_gate))
        {
            if (_set)
            {
                _set = false;
                return Task.CompletedTask;
            }

            _waiter ??= new TaskCompletionSource();
            return _waiter.Task;
        }
    }
}
