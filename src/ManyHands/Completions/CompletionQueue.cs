namespace ManyHands.Completions;

/// <summary>
/// A thread of one executor on which callers go on, for workers that may not be kept by code of others. When a continuation keeps it, another takes its place.
/// </summary>
internal sealed class CompletionQueue(string name)
{
    // A look costs far less than a wake-up, and where tasks are tiny the next end is near.
    private const int Looks = 50, PausesPerLook = 16;

    private readonly object _gate = new();
    private List<Ending> _posted = [];
    private volatile bool _isPosted;
    private bool _isThere;
    private TaskCompletionSource? _closing;

    /// <summary>Lets the caller of an item that has ended go on, soon.</summary>
    public void Post(WorkItem item)
    {
        using (Uninterrupted.Hold(_gate))
        {
            if (_closing is null && (_isThere || TryStart()))
            {
                _posted.Add(new Ending(item, TimeSpan.Zero));
                _isPosted = true;
                Monitor.Pulse(_gate);
                return;
            }
        }

        CompletionThread.Post(item); // too late, or the system has no thread
    }

    /// <summary>Ends the thread.</summary>
    /// <returns>Ends when all that was posted has ended for its caller.</returns>
    public Task CloseAsync()
    {
        using (Uninterrupted.Hold(_gate))
        {
            _closing ??= new TaskCompletionSource();
            if (!_isThere)
                CompletionThread.CompleteBehind(_closing);
            Monitor.Pulse(_gate);
            return _closing.Task;
        }
    }

    private bool TryStart()
    {
        try
        {
            LibraryThread.StartLasting(name, () => Run([])); // the usual stack, since continuations run on it
            return _isThere = true;
        }
        catch (OutOfMemoryException)
        {
            return false;
        }
    }

    private void Run(List<Ending> endings)
    {
        using var run = new CompletionRun(() => Successor.TryStart(name, Run));
        while (run.Publish(endings, here: CompletionWatch.TrustsContinuations))
        {
            endings.Clear(); // a thread that waits keeps neither argument nor result alive
            if (!Take(ref endings))
                return;
        }
    }

    /// <returns>False where nothing is left to do for ever.</returns>
    private bool Take(ref List<Ending> endings)
    {
        for (int i = 0; i < Looks && !_isPosted; i++)
        {
            Thread.SpinWait(PausesPerLook);
            Thread.Yield();
        }

        using (Uninterrupted.Hold(_gate))
        {
            while (_posted.Count == 0)
            {
                if (_closing is not null)
                {
                    CompletionThread.CompleteBehind(_closing);
                    return false;
                }

                Uninterrupted.Wait(_gate);
            }

            (endings, _posted) = (_posted, endings);
            _isPosted = false;
            return true;
        }
    }
}
