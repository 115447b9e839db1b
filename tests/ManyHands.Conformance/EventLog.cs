using System.Collections.Concurrent;

namespace ManyHands.Conformance;

/// <summary>Keeps what an executor reports.</summary>
public sealed class EventLog : ExecutorObserver
{
    public ConcurrentQueue<ExecutorEvent> Events { get; } = new();

    public override void Observe(ExecutorEvent executorEvent) => Events.Enqueue(executorEvent);

    public int Count<T>() where T : ExecutorEvent => Events.OfType<T>().Count();
}
