namespace ManyHands.Processes;

/// <summary>
/// The processes that an executor may start, of those that its own process may start in all. Taken when the first work comes and not before: an executor in a static
/// field beside the work is made in every worker that runs the work, and mostly never used there.
/// </summary>
/// <param name="workers">Workers that are wanted.</param>
/// <param name="spares">Workers that are wanted beside them, to be held back.</param>
internal sealed class ProcessShare(int workers, int spares)
{
    private readonly Lock _gate = new();
    private volatile bool _isTaken;
    private bool _isClosed;
    private int _taken;

    /// <summary>Workers that there can be at most; spares are given up first.</summary>
    public int Workers { get; } = Nesting.AtMost(workers);

    /// <summary>Spares that there can be at most.</summary>
    public int Spares { get; } = Nesting.AtMost(workers + spares) - Nesting.AtMost(workers);

    /// <summary>Processes that each worker may start in turn. Known once they have been taken.</summary>
    public int ForEach { get; private set; }

    /// <summary>They have been taken.</summary>
    public bool IsTaken => _isTaken;

    /// <summary>Takes them, at the first call.</summary>
    /// <param name="took">Told how many workers there may be, if that are fewer than expected.</param>
    /// <exception cref="ExecutorNestingException">There are not enough.</exception>
    public void Take(Action<int> took)
    {
        lock (_gate)
        {
            if (_isTaken || _isClosed)
                return;
            _taken = Nesting.Take(Workers + Spares, 1 + Spares, out int share);
            ForEach = share;
            if (_taken < Workers + Spares)
                took(_taken - Spares);
            _isTaken = true;
        }
    }

    /// <summary>Gives them back, at the first call.</summary>
    public void Return()
    {
        lock (_gate)
        {
            if (_isTaken && !_isClosed)
                Nesting.Return(_taken, ForEach);
            _isClosed = true;
        }
    }
}
