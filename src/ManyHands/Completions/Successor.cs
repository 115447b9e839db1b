namespace ManyHands.Completions;

/// <summary>
/// A thread that may have to take over what another one is stuck in. It is started before that is decided: a system that has no more threads must
/// not be found out about once nobody has the duty any more.
/// </summary>
internal static class Successor
{
    /// <summary>Starts a thread that waits for what is left.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="duty">What it does with that.</param>
    /// <returns>Gives it what is left, or null where it is not needed after all. Null where the system has no thread now.</returns>
    public static Action<List<Ending>?>? TryStart(string name, Action<List<Ending>> duty)
    {
        var decided = new ManualResetEventSlim();
        List<Ending>? given = null;
        try
        {
            LibraryThread.StartLasting(name, Run); // the usual stack, since continuations run on it
        }
        catch (OutOfMemoryException)
        {
            return null;
        }

        return left =>
        {
            given = left;
            decided.Set();
        };

        void Run()
        {
            decided.Wait();
            if (given is not { } left)
                return;
            given = []; // where it is begun anew, what was left has been seen to
            duty(left);
        }
    }
}
