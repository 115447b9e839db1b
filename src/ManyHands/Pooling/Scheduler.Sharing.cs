namespace ManyHands.Pooling;

/// <content>
/// Idle lanes take over tasks that have not begun elsewhere: when they become idle, and some time after another lane was given more than it runs.
/// </content>
internal sealed partial class Scheduler
{
    // The time that a batch of a map should take: one that still runs then has slower tasks than those before. Splitting batches after 2 ms made maps
    // of tiny tasks 1.3 times as slow.
    private static readonly TimeSpan _shareAfter = Maps.BatchSizer.Target;

    private TimeSpan _shareDue = TimeSpan.MaxValue;

    // An assignment to another lane is no event for an idle one, so the scheduler looks later, for one idle lane at a time.
    private void ShareSoon(TimeSpan now)
    {
        if (_surplusLanes == 0 || _idle.IsEmpty || _shareDue < TimeSpan.MaxValue)
            return;
        _shareDue = now + _shareAfter;
        NextDue = _shareDue < NextDue ? _shareDue : NextDue;
    }

    private void Share(TimeSpan now)
    {
        _shareDue = TimeSpan.MaxValue;
        if (!TryTakeIdle(out Lane? lane))
            return;
        TakeOver(lane, now);
        if (lane.Items.Count == 0 && lane.Worker.Phase == WorkerPhase.Ready)
            _idle.Add(lane); // as idle as it was
    }

    /// <summary>Gives an empty lane half of what has not begun in the fullest lane of another.</summary>
    private void TakeOver(Lane idle, TimeSpan now)
    {
        var taken = new Stack<WorkItem>();
        while (taken.Count == 0 && Fullest() is ({ } fullest, var waiting) && TryTakeBack(fullest, (waiting + 1) / 2, taken))
            ShareSoon(now);
        foreach (WorkItem rest in taken)
        {
            if (idle.Worker.Phase == WorkerPhase.Ready)
                Assign(idle, rest, now);
            else
                PutBack(rest, now);
        }

        if (taken.Count > 0)
            FillIdle(now);
    }

    private (Lane? Lane, int Waiting) Fullest()
    {
        Lane? fullest = null;
        int most = 0;
        if (_surplusLanes == 0 || Closing > CloseMode.Drain)
            return (null, 0); // what is about to be cancelled stays where it is
        foreach (Worker worker in _staff)
        {
            foreach (Lane lane in worker.Lanes)
            {
                int waiting = lane.HasSurplus ? Waiting(lane) : 0;
                if (waiting > most)
                    (fullest, most) = (lane, waiting);
            }
        }

        return (fullest, most);
    }

    /// <summary>Takes the last tasks of a lane.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="wanted">How many of them.</param>
    /// <param name="taken">Receives them, as parts of items; tasks that were cancelled meanwhile end instead.</param>
    /// <returns>False where the lane has given nothing.</returns>
    private bool TryTakeBack(Lane lane, int wanted, Stack<WorkItem> taken)
    {
        bool any = false;
        for (int i = lane.Items.Count - 1; i >= 0 && wanted > 0; i--)
        {
            WorkItem item = lane.Items[i];
            if (item.CancelReason != CancelReason.None)
                continue;
            int begun = lane.Worker.Begun(item);
            int leave = Math.Max(i == 0 && begun == 0 ? 1 : 0, item.Count - begun - wanted);
            int cut = lane.Worker.TakeBack(item, leave);
            wanted -= item.Count - cut;
            any |= cut < item.Count;
            if (Release(lane, item, cut) is { } rest)
                taken.Push(rest);
        }

        return any;
    }

    // What a lane is about to begin stays with it: taking its last task would only make it idle in turn.
    private static int Waiting(Lane lane)
    {
        int waiting = 0;
        for (int i = 0; i < lane.Items.Count; i++)
        {
            WorkItem item = lane.Items[i];
            int begun = lane.Worker.Begun(item);
            waiting += item.Count - (i == 0 ? Math.Max(begun, 1) : begun);
        }

        return waiting;
    }
}
