namespace ManyHands.Threads;

/// <summary>
/// Threads that wait to be called. Each call reaches exactly one of them, however long it has waited: the last to come is the first to go, so that those
/// nobody needs get old. Guarded by the lock of whoever owns it.
/// </summary>
internal sealed class IdleThreads
{
    // A thread keeps its own: the runtime takes its time to make something that can be waited on.
    [ThreadStatic]
    private static LinkedListNode<Seat>? _own;

    private readonly LinkedList<Seat> _seats = new();

    /// <summary>Threads that wait.</summary>
    public int Count => _seats.Count;

    /// <summary>Threads that have been called and do not hold the lock yet.</summary>
    public int Called { get; private set; }

    /// <summary>Calls one. Holds the lock.</summary>
    /// <returns>False where there is none.</returns>
    public bool TryCall()
    {
        if (_seats.Last is not { } node)
            return false;
        _seats.Remove(node);
        Called++;
        node.Value.Call();
        return true;
    }

    /// <summary>Calls all. Holds the lock.</summary>
    public void CallAll()
    {
        while (TryCall())
        {
        }
    }

    /// <summary>Waits to be called. Holds the lock, and lets go of it meanwhile.</summary>
    /// <param name="gate">The lock.</param>
    /// <param name="limit">The longest time to wait.</param>
    /// <returns>False where the time was up.</returns>
    public bool Wait(object gate, TimeSpan limit)
    {
        LinkedListNode<Seat> node = _own ??= new(new Seat());
        Seat seat = node.Value;
        seat.Take();
        _seats.AddLast(node);
        Monitor.Exit(gate);
        seat.Wait(limit);
        Uninterrupted.Enter(gate);
        if (seat.IsCalled)
        {
            Called--;
            return true;
        }

        _seats.Remove(node);
        return false;
    }

    private sealed class Seat
    {
        private readonly object _gate = new();

        /// <summary>Changes only while the owner's lock is held.</summary>
        public bool IsCalled { get; private set; }

        public void Take() => IsCalled = false;

        public void Call()
        {
            using (Uninterrupted.Hold(_gate))
            {
                IsCalled = true;
                Monitor.Pulse(_gate);
            }
        }

        public void Wait(TimeSpan limit)
        {
            using (Uninterrupted.Hold(_gate))
            {
                if (!IsCalled)
                    Uninterrupted.Wait(_gate, limit); // only a call pulses it; who is interrupted ends as if the time was up
            }
        }
    }
}
