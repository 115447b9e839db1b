using System.Collections.Concurrent;

namespace ManyHands.Platform;

/// <summary>
/// The one thread that starts worker processes. It lives as long as this process: the kernel sends the parent-death signal when the
/// *thread* that spawned the child ends, so workers spawned from a pool thread would be killed at random.
/// </summary>
internal static class SpawnerThread
{
    private static readonly BlockingCollection<Action> _requests = Start();

    /// <summary>Runs something on the thread. It must not throw.</summary>
    public static void Post(Action request) => _requests.Add(request);

    private static BlockingCollection<Action> Start()
    {
        var requests = new BlockingCollection<Action>();
        new Thread(() => Run(requests)) { IsBackground = true, Name = "ManyHands spawner" }.UnsafeStart();
        return requests;
    }

    private static void Run(BlockingCollection<Action> requests)
    {
        foreach (Action request in requests.GetConsumingEnumerable())
            request();
    }
}
