namespace ManyHands.Conformance.Work;

/// <summary>Work that makes executors of its own.</summary>
public static class NestedWork
{
    /// <summary>Makes an executor of processes in which each task does the same; returns how deep it came.</summary>
    public static async Task<int> Dive(int depth)
    {
        try
        {
            await using var pool = new ProcessExecutor(workers: 1);
            return await pool.RunAsync(Dive, depth + 1);
        }
        catch (ExecutorNestingException)
        {
            return depth;
        }
    }

    /// <summary>How many workers an executor in a worker gets of those it asks for.</summary>
    public static async Task<int> Workers(int wanted)
    {
        await using var pool = new ProcessExecutor(wanted);
        await pool.ForEachAsync(Enumerable.Range(0, wanted * 4), (int milliseconds) => { _ = Waiting.For(20 + (milliseconds * 0)); });
        return pool.Snapshot().Workers.Count;
    }
}
