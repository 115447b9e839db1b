using System.Collections;

namespace ManyHands.Pooling;

/// <summary>
/// The workers of a pool in the order in which they came, and how many there are of each kind: counted as they change, since a pool may have
/// ten thousand of them and asks at every turn. The one place that moves a worker from one state to another.
/// </summary>
internal sealed class Staff : IReadOnlyCollection<Worker>
{
    private readonly LinkedList<Worker> _workers = new();

    /// <summary>All that are not gone.</summary>
    public int Count => _workers.Count;

    /// <summary>Those that may have items, now or when they are ready; those that were killed count until they are gone.</summary>
    public int Serving { get; private set; }

    /// <summary>Those that are held back, ready or on their way to be.</summary>
    public int Spares { get; private set; }

    /// <summary>Those that are ready, spares included.</summary>
    public int Ready { get; private set; }

    /// <summary>Those that are not ready yet, spares included.</summary>
    public int Starting { get; private set; }

    /// <summary>Lanes of serving workers that are not ready yet.</summary>
    public int StartingLanes { get; private set; }

    /// <summary>Serving workers that will retire soon: each wants somebody to step in.</summary>
    public int Leaving { get; private set; }

    public void Add(Worker worker)
    {
        worker.Place = _workers.AddLast(worker);
        Tally(worker, 1);
    }

    public void Remove(Worker worker)
    {
        Tally(worker, -1);
        worker.Phase = WorkerPhase.Gone;
        _workers.Remove(worker.Place!);
        worker.Place = null;
    }

    public void Move(Worker worker, WorkerPhase phase)
    {
        Tally(worker, -1);
        worker.Phase = phase;
        if (phase == WorkerPhase.Stopping || (phase == WorkerPhase.Killed && worker.Role == WorkerRole.Spare))
            worker.Role = WorkerRole.Dismissed;
        Tally(worker, 1);
    }

    /// <summary>A spare is one of those that get items from now on.</summary>
    public void StepIn(Worker spare)
    {
        Tally(spare, -1);
        spare.Role = WorkerRole.Serving;
        Tally(spare, 1);
    }

    /// <summary>Somebody else may take the place of a worker that has been killed, although it is not gone.</summary>
    public void Dismiss(Worker killed)
    {
        Tally(killed, -1);
        killed.Role = WorkerRole.Dismissed;
        Tally(killed, 1);
    }

    /// <summary>A worker will retire soon.</summary>
    public void Announce(Worker worker)
    {
        Tally(worker, -1);
        worker.IsLeaving = true;
        Tally(worker, 1);
    }

    public LinkedList<Worker>.Enumerator GetEnumerator() => _workers.GetEnumerator();

    IEnumerator<Worker> IEnumerable<Worker>.GetEnumerator() => _workers.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _workers.GetEnumerator();

    private void Tally(Worker worker, int sign)
    {
        if (worker.Phase == WorkerPhase.Ready)
            Ready += sign;
        if (worker.Phase == WorkerPhase.Starting)
            Starting += sign;
        if (worker.Role == WorkerRole.Spare)
            Spares += sign;
        if (worker.Role != WorkerRole.Serving)
            return;
        Serving += sign;
        if (worker.Phase == WorkerPhase.Starting)
            StartingLanes += sign * worker.Lanes.Length;
        if (worker.IsLeaving)
            Leaving += sign;
    }
}
