using System.Diagnostics.CodeAnalysis;

namespace ManyHands.Pooling;

/// <summary>Lanes that have nothing; the last to come is the first to go. Linked through the lanes themselves, so each can leave at once.</summary>
internal sealed class IdleLanes
{
    private Lane? _last;

    public bool IsEmpty => _last is null;

    public void Add(Lane lane)
    {
        lane.IsListedIdle = true;
        lane.BelowIdle = _last;
        if (_last is not null)
            _last.AboveIdle = lane;
        _last = lane;
    }

    public bool TryTake([NotNullWhen(true)] out Lane? lane)
    {
        lane = _last;
        if (lane is not null)
            Remove(lane);
        return lane is not null;
    }

    public void Remove(Lane lane)
    {
        if (!lane.IsListedIdle)
            return;
        if (lane.AboveIdle is null)
            _last = lane.BelowIdle;
        else
            lane.AboveIdle.BelowIdle = lane.BelowIdle;
        if (lane.BelowIdle is not null)
            lane.BelowIdle.AboveIdle = lane.AboveIdle;
        lane.AboveIdle = lane.BelowIdle = null;
        lane.IsListedIdle = false;
    }
}
