using ManyHands.Pooling;

namespace ManyHands.Chaos.Fuzzing;

/// <summary>A worker that is only there to own a lane.</summary>
internal sealed class FuzzWorker() : Worker(number: 1, lanes: 1)
{
    public override bool Start() => true;

    public override void Dispatch(Lane lane, WorkItem item)
    {
    }

    public override int TakeBack(WorkItem item, int leave = 0) => item.Count;

    public override int Begun(WorkItem item) => 0;

    public override WorkerLoss? Kill() => null;

    public override WorkerLoss? Stop() => null;

    public override void CancelPolitely(WorkItem item)
    {
    }
}
