using ManyHands.Completions;

namespace ManyHands.Pooling;

/// <content>Tasks that have ended in a worker and whose results or errors are being decoded. How long that takes is decided by code of others.</content>
internal sealed partial class WorkerPool
{
    private readonly Lock _lateGate = new();
    private readonly HashSet<LateEnd> _late = [];
    private bool _givesUpLate;

    public bool Expect(LateEnd end)
    {
        using (Uninterrupted.Hold(_lateGate))
        {
            if (!_givesUpLate)
                return _late.Add(end);
        }

        end.Item.TryMarkCancelled(CancelReason.Closed);
        return false;
    }

    public void Forget(LateEnd end)
    {
        using (Uninterrupted.Hold(_lateGate))
            _late.Remove(end);
    }

    /// <summary>It is closed without waiting for tasks: no more for what is left of these than for others.</summary>
    private void CloseLate()
    {
        using (Uninterrupted.Hold(_lateGate))
            _givesUpLate = true;
        GiveUpLate(static end =>
        {
            end.Item.TryMarkCancelled(CancelReason.Closed);
            return true;
        });
    }

    private void GiveUpLate(Predicate<LateEnd> which)
    {
        LateEnd[] ends;
        using (Uninterrupted.Hold(_lateGate))
            ends = _late.Count == 0 ? [] : [.. _late.Where(end => which(end))];
        foreach (LateEnd end in ends)
            end.GiveUp();
    }
}
