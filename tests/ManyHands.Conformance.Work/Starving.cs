namespace ManyHands.Conformance.Work;

/// <summary>Work that leaves its process a thread pool full of blocked items.</summary>
public static class Starving
{
    /// <summary>Returns how many there are: far more than the pool gets threads in a minute.</summary>
    public static int Pool(int items)
    {
        for (int i = 0; i < items; i++)
            ThreadPool.UnsafeQueueUserWorkItem(static _ => Thread.CurrentThread.Join(Timeout.Infinite), null);
        return items;
    }
}
