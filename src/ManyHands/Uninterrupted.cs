namespace ManyHands;

/// <summary>
/// Takes locks on threads that run code of others, which may have interrupted them: an interruption is for who waits in that code, and must not strike the library in
/// the middle of what it does. It is lost where it strikes here.
/// </summary>
internal static class Uninterrupted
{
    public static void Enter(Lock gate)
    {
        while (true)
        {
            try
            {
                gate.Enter();
                return;
            }
            catch (ThreadInterruptedException)
            {
                // Once more: an interruption strikes once.
            }
        }
    }

    /// <summary>The same; disposing what it returns releases it.</summary>
    public static Lock.Scope Hold(Lock gate)
    {
        while (true)
        {
            try
            {
                return gate.EnterScope();
            }
            catch (ThreadInterruptedException)
            {
                // As above.
            }
        }
    }

    public static void Enter(object gate)
    {
        while (true)
        {
            try
            {
                Monitor.Enter(gate);
                return;
            }
            catch (ThreadInterruptedException)
            {
                // As above.
            }
        }
    }

    /// <summary>The same for a lock that is waited on.</summary>
    public static Held Hold(object gate)
    {
        Enter(gate);
        return new Held(gate);
    }

    /// <summary>Waits for a pulse, or until it is interrupted.</summary>
    public static void Wait(object gate, TimeSpan? limit = null)
    {
        try
        {
            Monitor.Wait(gate, limit ?? Timeout.InfiniteTimeSpan);
        }
        catch (ThreadInterruptedException)
        {
            // Whoever waits looks why it was woken anyway.
        }
    }

    internal readonly ref struct Held(object gate)
    {
        public void Dispose() => Monitor.Exit(gate);
    }
}
