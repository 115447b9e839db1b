namespace ManyHands.Completions;

/// <summary>
/// Where tasks end whose end is not read from a worker: lost, timed out, cancelled. A thread of the library's own, since whoever finds out may
/// not run code of others, and the thread pool may be starved. When a continuation blocks it, another takes its place.
/// </summary>
internal static class CompletionThread
{
    private const string Name = "ManyHands completions";

    private static readonly object _gate = new();
    private static readonly List<Ending> _waiting = [];
    private static bool _isThere;

    /// <summary>Lets the caller of an item that has ended go on, soon.</summary>
    public static void Post(WorkItem item) => Add(new Ending(item, TimeSpan.Zero));

    /// <summary>Completes it when everything that was posted before has ended for its caller.</summary>
    public static void CompleteBehind(TaskCompletionSource source) => Add(new Ending(source));

    private static void Add(Ending ending)
    {
        using (Uninterrupted.Hold(_gate))
        {
            _waiting.Add(ending);
            Monitor.Pulse(_gate);
        }

        Start();
    }

    private static void Start()
    {
        using (Uninterrupted.Hold(_gate))
        {
            if (_isThere)
                return;
            try
            {
                LibraryThread.StartLasting(Name, static () => Run([]));
                _isThere = true;
                return;
            }
            catch (OutOfMemoryException)
            {
                // The system has no thread. Somebody waits for what was posted.
            }
        }

        if (CompletionWatch.TryLater(Start))
            return;

        // Nothing of ours runs yet, and nothing can: the next thread that the thread pool has is kept for it.
        using (Uninterrupted.Hold(_gate))
        {
            if (_isThere)
                return;
            _isThere = true;
        }

        LibraryThread.Queue(static _ => Run([]), 0, static (_, _) => Forget());
    }

    // Else what is posted next would wait for a thread that is there no more.
    private static void Forget()
    {
        using (Uninterrupted.Hold(_gate))
            _isThere = false;
    }

    private static void Run(List<Ending> endings)
    {
        using var run = new CompletionRun(() => Successor.TryStart(Name, Run));
        while (run.Publish(endings, here: CompletionWatch.TrustsContinuations))
        {
            endings.Clear(); // a thread that waits keeps neither argument nor result alive
            using (Uninterrupted.Hold(_gate))
            {
                while (_waiting.Count == 0)
                    Uninterrupted.Wait(_gate);
                endings.AddRange(_waiting);
                _waiting.Clear();
            }
        }
    }
}
