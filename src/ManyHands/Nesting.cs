namespace ManyHands;

/// <summary>
/// What bounds executors of processes inside of worker processes: how deep they may be nested, and how many processes this one may start in
/// all. Each parent hands a share of its own budget down, so the whole tree is bounded.
/// </summary>
internal static class Nesting
{
    /// <summary>Levels of worker processes below an application.</summary>
    public const int MaxDepth = 4;

    /// <summary>Processes that the workers of an application's executor may start in all, on every level; one for each if they are more.</summary>
    public const int RootBudget = 64;

    private static readonly Lock _gate = new();
    private static int _left = int.MaxValue;

    /// <summary>Levels above this process; 0 in an application.</summary>
    public static int Depth { get; private set; }

    /// <summary>Makes this process a worker.</summary>
    public static void Enter(int depth, int budget)
    {
        lock (_gate)
            (Depth, _left) = (depth, budget);
    }

    /// <summary>As many of the wanted processes as could be taken now, but at least one: whether there is one is seen when it is taken.</summary>
    /// <exception cref="ExecutorNestingException">Too deep.</exception>
    public static int AtMost(int wanted)
    {
        lock (_gate)
        {
            if (Depth >= MaxDepth)
            {
                throw new ExecutorNestingException(
                    $"This worker process is already {Depth} levels of executors deep, and {MaxDepth} is the limit: a task that makes a "
                    + "ProcessExecutor whose tasks make one in turn has no end. Use a ThreadExecutor inside of tasks, or hand the work back to the caller.");
            }

            return Math.Min(wanted, Math.Max(1, _left));
        }
    }

    /// <summary>Takes as many processes as are left, up to what is wanted.</summary>
    /// <param name="wanted">Processes.</param>
    /// <param name="least">Fewer are of no use.</param>
    /// <param name="shareForEach">What each of them may start in turn.</param>
    /// <exception cref="ExecutorNestingException">There are not so many.</exception>
    public static int Take(int wanted, int least, out int shareForEach)
    {
        lock (_gate)
        {
            if (_left < least)
            {
                throw new ExecutorNestingException(
                    $"This worker process has used up the number of processes that its parent lets it start: {_left} are left, and {least} are needed. "
                    + "Use a ThreadExecutor inside of tasks, or fewer workers on the levels above.");
            }

            int taken = Math.Min(wanted, _left);
            int budget = Depth == 0 ? Math.Max(RootBudget, taken) : (_left - taken) / 2; // other executors here may want some too
            shareForEach = budget / taken;
            if (Depth > 0)
                _left -= taken * (1 + shareForEach);
            return taken;
        }
    }

    /// <summary>Gives back what <see cref="Take"/> took.</summary>
    public static void Return(int taken, int shareForEach)
    {
        lock (_gate)
        {
            if (Depth > 0)
                _left += taken * (1 + shareForEach);
        }
    }
}
