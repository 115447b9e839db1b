namespace ManyHands;

/// <summary>Which worker of this process the current thread belongs to, where a process has several that share nothing.</summary>
internal static class WorkerScope
{
    private static readonly object _process = new();

    [ThreadStatic]
    private static object? _current;

    /// <summary>Stands for the worker: the same object for all its tasks, another one for every other.</summary>
    public static object Current => _current ?? _process;

    /// <summary>The current thread is this worker from now on.</summary>
    public static void Enter(object worker) => _current = worker;
}
