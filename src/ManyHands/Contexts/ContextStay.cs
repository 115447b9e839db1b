namespace ManyHands.Contexts;

/// <summary>
/// Whether a worker's thread is in code of others, where nobody can stop it: only there it is given up. Elsewhere it is on its way to the end by itself, and what it
/// does there for an item is done before the executor is closed.
/// </summary>
internal sealed class ContextStay
{
    private const int Outside = 0, Inside = 1, GivenUp = 2;

    private int _state;

    /// <summary>The thread goes there.</summary>
    public void Enter() => Interlocked.Exchange(ref _state, Inside);

    /// <summary>The thread is back.</summary>
    /// <returns>False where it was given up meanwhile.</returns>
    public bool TryLeave() => Interlocked.CompareExchange(ref _state, Outside, Inside) == Inside;

    /// <summary>Gives the thread up, if it is there.</summary>
    public bool TryGiveUp() => Interlocked.CompareExchange(ref _state, GivenUp, Inside) == Inside;
}
