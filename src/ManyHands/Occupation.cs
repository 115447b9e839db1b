namespace ManyHands;

/// <summary>
/// Code of others that a pool has to wait for before it can end: a task, an initializer, an observer, the decoding of a result. It flows with the execution
/// context to whatever that code calls, awaits or starts, so that who waits in there for the end of the pool is known to wait for himself.
/// </summary>
internal abstract class Occupation
{
    private static readonly AsyncLocal<Occupation?> _current = new();

    /// <summary>The one inside of which the caller runs; null where there is none, and where it has ended.</summary>
    public static Occupation? Current => _current.Value is { IsOver: false } occupation ? occupation : null;

    /// <summary>It has ended, so nobody waits for it any more.</summary>
    public abstract bool IsOver { get; }

    /// <summary>Who waits for it.</summary>
    protected abstract IWorkOwner? Pool { get; }

    /// <summary>The one inside of which it was begun.</summary>
    protected abstract Occupation? Outer { get; }

    /// <summary>What it is, for people.</summary>
    protected abstract string What { get; }

    /// <summary>The task that it is, if it is one.</summary>
    protected virtual TaskId Task => default;

    /// <summary>The strictest way to close that waits for it; a stricter one gives it up.</summary>
    protected virtual CloseMode Strictest => CloseMode.Cancel;

    /// <summary>Itself, or what it is inside of, if one of these pools waits for that when it is closed like this.</summary>
    public Occupation? Within(IEnumerable<IWorkOwner> pools, CloseMode mode)
    {
        for (Occupation? one = this; one is { IsOver: false }; one = one.Outer)
        {
            if (mode <= one.Strictest && one.Pool is { } pool && pools.Contains(pool))
                return one;
        }

        return null;
    }

    /// <summary>The error for who waits in there for the end of the pool.</summary>
    public ExecutorDeadlockException Refusal() => new(
        $"The executor was closed from inside of {What}, and cannot end before that does: waiting for it there would last for ever. The executor is closing all the same. "
        + "Do not await CloseAsync or DisposeAsync there; let whoever made the executor close it and wait.",
        Task,
        []);

    /// <summary>What runs in the calling thread's execution context is inside of it from now on.</summary>
    protected void Occupy() => _current.Value = this;

    /// <summary>The caller's execution context is inside of nothing any more.</summary>
    public static void Forget() => _current.Value = null;
}

/// <summary>A call of something that is no task.</summary>
/// <param name="pool">Who waits for it.</param>
/// <param name="what">What it is, for people.</param>
/// <param name="strictest">The strictest way to close that waits for it.</param>
internal sealed class Visit(IWorkOwner pool, string what, CloseMode strictest = CloseMode.Cancel) : Occupation
{
    private readonly Occupation? _outer = Current;
    private volatile bool _isOver;

    public override bool IsOver => _isOver;

    protected override IWorkOwner Pool => pool;

    protected override Occupation? Outer => _outer;

    protected override string What => what;

    protected override CloseMode Strictest => strictest;

    /// <summary>Calls something, inside of it, and leaves the thread's execution context as it was.</summary>
    public void Run<TState>(Action<TState> action, TState state)
    {
        ExecutionContext? before = ExecutionContext.Capture();
        try
        {
            Begin();
            action(state);
        }
        finally
        {
            End();
            if (before is null)
                Forget();
            else
                ExecutionContext.Restore(before);
        }
    }

    /// <summary>What runs in the calling thread's execution context is inside of it, until the <see cref="End"/>, and again after each <see cref="Resume"/>.</summary>
    public void Begin()
    {
        Resume();
        Occupy();
    }

    public void Resume() => _isOver = false;

    public void End() => _isOver = true;
}
