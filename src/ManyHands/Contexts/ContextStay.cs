namespace ManyHands.Contexts;

/// <summary>
/// Whether a worker's thread is in code of others, where nobody can stop it: only there it is given up. Elsewhere it is on its way to the end by itself, and what it
/// does there for an item is done before the executor is closed.
/// </summary>
internal sealed class ContextStay
{
    private const int Outside = 0, Inside = 1, GivenUp = 2, Barred = 3;

    private int _state;

    /// <summary>The thread goes there.</summary>
    /// <returns>False where it must not any more.</returns>
    public bool TryEnter() => Interlocked.CompareExchange(ref _state, Inside, Outside) == Outside;

    /// <summary>The thread is back.</summary>
    /// <returns>False where it was given up meanwhile.</returns>
    public bool TryLeave() => Interlocked.CompareExchange(ref _state, Outside, Inside) == Inside;

    /// <summary>Gives the thread up, if it is there; else it will not go there again.</summary>
    public bool TryGiveUp()
    {
        int before;
        do
            before = Volatile.Read(ref _state);
        while (before <= Inside && Interlocked.CompareExchange(ref _state, before == Inside ? GivenUp : Barred, before) != before);
        return before == Inside;
    }
}
