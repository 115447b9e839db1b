namespace ManyHands.Platform;

/// <summary>
/// The one thread that starts worker processes. It lives as long as this process: the kernel sends the parent-death signal when the
/// *thread* that spawned the child ends, so workers spawned from a pool thread would be killed at random.
/// </summary>
internal static class SpawnerThread
{
    private static readonly Queue<Action> _requests = new();
    private static bool _isThere;

    /// <summary>Runs something on the thread. It should not throw; where it does, nothing is heard of it.</summary>
    /// <exception cref="OutOfMemoryException">The system gives no thread. It is tried again the next time.</exception>
    public static void Post(Action request)
    {
        lock (_requests)
        {
            if (!_isThere)
                LibraryThread.StartLasting("ManyHands spawner", Run);
            _isThere = true;
            _requests.Enqueue(request);
            Monitor.Pulse(_requests);
        }
    }

    private static void Run()
    {
        while (true)
        {
            Action? request;
            lock (_requests)
            {
                while (!_requests.TryDequeue(out request))
                    Monitor.Wait(_requests);
            }

            request();
        }
    }
}
