using ManyHands.Completions;

namespace ManyHands.Pooling;

/// <summary>
/// Decides who runs what: a state machine without clock, threads or I/O. Events go in with the time they happened at; actions come out, to
/// be done in order. Owned by one pool, called under its lock.
/// </summary>
/// <remarks>
/// A task's way: the door (while the queue is full) → the queue → a lane → its end. It leaves a lane only because it ended, because it was
/// taken back before it began, or because its worker is gone.
/// </remarks>
internal sealed partial class Scheduler
{
    // Items may lie ready in a lane while one takes less than this: up to MaxDepth of them, worth this much time and these bytes.
    private static readonly TimeSpan _prefetchBelow = TimeSpan.FromMilliseconds(1);
    private const int MaxDepth = 256;
    private const long MaxLaneBytes = 64 << 10; // small enough to be sent without waiting

    private readonly SchedulerOptions _options;
    private readonly Func<int, Worker> _newWorker;
    private readonly WorkQueue _queue = new();
    private readonly WorkQueue _door = new();
    private readonly WorkQueue _resting = new(); // lost with their worker, and not to be run again before they are due
    private readonly Staff _staff = new();
    private readonly IdleLanes _idle = new();
    private readonly List<SchedulerAction> _actions = [];
    private double _averageTicks = double.NaN;
    private int _surplusLanes;

    public Scheduler(SchedulerOptions options, Func<int, Worker> newWorker)
    {
        _options = options;
        _newWorker = newWorker;
        Limit = options.Workers;
    }

    /// <summary>What has to be done, in order. The caller empties it.</summary>
    public List<SchedulerAction> Actions => _actions;

    public Staff Workers => _staff;

    /// <summary>Tasks that no worker has.</summary>
    public int Queued => _queue.Tasks + _door.Tasks + _resting.Tasks;

    /// <summary>When <see cref="TimePassed"/> has to be called next.</summary>
    public TimeSpan NextDue { get; private set; } = TimeSpan.MaxValue;

    /// <summary>How it closes, once it does.</summary>
    public CloseMode? Closing { get; private set; }

    /// <summary>Items that one lane may have at a time, from the measured time of a task.</summary>
    public int Depth => !_options.CanPrefetch || _options.Retire.AfterTasks is not null || double.IsNaN(_averageTicks) || _averageTicks >= _prefetchBelow.Ticks
        ? 1
        : (int)Math.Clamp(_prefetchBelow.Ticks / Math.Max(_averageTicks, 1), 1, MaxDepth);

    /// <summary>A new item. The caller has checked that it is neither closing nor broken.</summary>
    public Admission Submit(WorkItem item, bool mayWait, TimeSpan now)
    {
        if (!HasRoom())
        {
            if (!mayWait)
                return Admission.Full;
            _moves++;
            _door.AddLast(item);
            StartWorkers(now);
            WatchForStandstill(now);
            return Admission.Waiting;
        }

        _moves++;
        _queue.AddLast(item);
        FillIdle(now);
        StartWorkers(now);
        WatchForStandstill(now);
        return Admission.Accepted;
    }

    /// <summary>A lane reports that an item has ended.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="item">The item; ignored where the lane no longer has it.</param>
    /// <param name="elapsed">Time its tasks ran in all, or zero where unknown.</param>
    /// <param name="now">The time.</param>
    public void Ended(Lane lane, WorkItem item, TimeSpan elapsed, TimeSpan now)
    {
        if (TakeOut(lane, item, elapsed, now))
            LaneHasRoom(lane, now);
    }

    /// <summary>A lane reports that several items have ended.</summary>
    public void Ended(Lane lane, List<Ending> endings, TimeSpan now)
    {
        bool any = false;
        foreach (var (item, elapsed) in endings)
            any |= TakeOut(lane, item, elapsed, now);
        if (any)
            LaneHasRoom(lane, now);
    }

    private bool TakeOut(Lane lane, WorkItem item, TimeSpan elapsed, TimeSpan now)
    {
        if (!ReferenceEquals(item.Holder, lane))
            return false;
        RemoveFrom(lane, item);
        if (lane.Worker.Tasks == 0)
            NoteUsable(); // only a new worker shows that workers can be started
        lane.Worker.Tasks += item.Count;
        lane.Worker.Worked += elapsed;
        lane.LastEnd = now;
        lane.Worker.RanOutOfMemory |= item.RanOutOfMemory;
        if (elapsed > TimeSpan.Zero)
            Learn(elapsed.Ticks / (double)item.Count, item.Count);
        return true;
    }

    private bool HasRoom() => _door.IsEmpty && _queue.Tasks < _options.QueueLimit && _queue.Bytes < _options.QueueBytes;

    // A task counts for an eighth, eight together for all: quick to follow a change, slow to follow one outlier.
    private void Learn(double ticks, int tasks) =>
        _averageTicks = double.IsNaN(_averageTicks) ? ticks : _averageTicks + ((ticks - _averageTicks) * Math.Min(tasks / 8.0, 1));

    /// <returns>False where the worker would not take it: the item is queued again, and the worker goes.</returns>
    private bool Assign(Lane lane, WorkItem item, TimeSpan now)
    {
        if (TakeBeyondRetirement(lane.Worker, item) is { } beyond)
            PutBack(beyond, now);
        _moves++;
        item.Attempt++;
        item.GivenAt = now;
        item.Generation++;
        item.Assigned();
        _surplusLanes -= lane.HasSurplus ? 1 : 0;
        lane.Add(item);
        _surplusLanes += lane.HasSurplus ? 1 : 0;
        if (lane.HasSurplus)
            ShareSoon(now);
        lane.Worker.IdleSince = TimeSpan.MaxValue;
        PrepareSuccessor(lane.Worker, now);
        WatchMemory(now);
        if (item.Options.Timeout is { } timeout)
            SetDue(item, After(now, timeout));

        // Given at once: until it has been, the worker could not say how far it has begun, and nothing could be taken back.
        try
        {
            lane.Worker.Dispatch(lane, item);
        }
        catch (Exception error) // no memory, no thread: whatever it is, this worker cannot be given anything
        {
            DispatchFailed(lane, item, error, now);
            return false;
        }

        if (_actions.Count == 0 || _actions[^1].Kind != SchedulerActionKind.Flush || !ReferenceEquals(_actions[^1].Lane, lane))
            _actions.Add(new(SchedulerActionKind.Flush, lane.Worker, lane));
        return true;
    }

    private void RemoveFrom(Lane lane, WorkItem item)
    {
        _surplusLanes -= lane.HasSurplus ? 1 : 0;
        lane.Remove(item);
        _surplusLanes += lane.HasSurplus ? 1 : 0;
        item.Due = TimeSpan.MaxValue;
        _moves++;
    }

    /// <summary>Fills a lane that can take something, or makes it idle; retires its worker where that is due.</summary>
    private void LaneHasRoom(Lane lane, TimeSpan now)
    {
        Worker worker = lane.Worker;
        if (worker.Phase == WorkerPhase.Ready)
            RetireIfDue(worker, now);
        StopIfDone(worker, now);
        if (worker.Phase != WorkerPhase.Ready)
        {
            CloseIfEmpty(now);
            return;
        }

        // Below half only, so that the frames of many tiny tasks leave together.
        int depth = Depth;
        if (lane.Items.Count == 0 || lane.Items.Count <= depth / 2)
        {
            bool takes = true;
            while (takes && !_queue.IsEmpty && lane.Items.Count < depth && MayTake(lane, _queue.First!))
                takes = Assign(lane, _queue.TakeFirst(), now);
            LetIn(now);
        }

        if (lane.Items.Count > 0 || worker.Phase != WorkerPhase.Ready)
            return;
        TakeOver(lane, now);
        if (lane.Items.Count > 0 || worker.Phase != WorkerPhase.Ready)
            return;
        ListIdle(lane, now);
        CloseIfEmpty(now, worker);
    }

    // An item with a timeout is only given to an empty lane, so that its time starts when it does.
    private static bool MayTake(Lane lane, WorkItem item) =>
        lane.Items.Count == 0 || (item.Options.Timeout is null && lane.Bytes + item.ArgumentBytes <= MaxLaneBytes);

    private void LetIn(TimeSpan now)
    {
        while (!_door.IsEmpty && _queue.Tasks < _options.QueueLimit && _queue.Bytes < _options.QueueBytes)
        {
            WorkItem item = _door.TakeFirst();
            _actions.Add(new(SchedulerActionKind.Admit, Item: item));
            _queue.AddLast(item);
            FillIdle(now);
        }
    }

    private void FillIdle(TimeSpan now)
    {
        while (!_queue.IsEmpty && TryTakeIdle(out Lane? lane))
            Assign(lane, _queue.TakeFirst(), now);
    }

    /// <summary>Lets go of what was taken back of an item: from <paramref name="cut"/> on.</summary>
    /// <returns>What somebody else may run: null where there is nothing, and where it is cancelled, which ends it.</returns>
    private WorkItem? Release(Lane lane, WorkItem item, int cut)
    {
        if (cut >= item.Count)
            return null;
        _surplusLanes -= lane.HasSurplus ? 1 : 0;
        WorkItem rest = lane.Cut(item, cut);
        _surplusLanes += lane.HasSurplus ? 1 : 0;
        if (cut == 0)
        {
            item.Due = TimeSpan.MaxValue;
            item.Attempt--; // it never ran
        }

        if (item.CancelReason != CancelReason.None)
            rest.TryMarkCancelled(item.CancelReason);
        if (rest.CancelReason == CancelReason.None)
            return rest;
        _actions.Add(new(SchedulerActionKind.EndCancelled, Item: rest));
        return null;
    }

    private bool TryTakeIdle([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Lane? lane)
    {
        while (_idle.TryTake(out lane))
        {
            if (lane.Worker.Phase == WorkerPhase.Ready && lane.Items.Count == 0)
                return true;
        }

        return false;
    }

    private void ListIdle(Lane lane, TimeSpan now)
    {
        if (lane.IsListedIdle)
            return;
        _idle.Add(lane);
        if (lane.Worker.IsEmpty)
        {
            lane.Worker.IdleSince = now;
            SetRetireDue(lane.Worker);
        }
    }

    /// <summary>Puts items that no lane has any more back at the head of the queue, in their order, and finds lanes for them.</summary>
    private void Requeue(List<WorkItem> items, TimeSpan now)
    {
        for (int i = items.Count - 1; i >= 0; i--)
            PutBack(items[i], now);
        FillIdle(now);
    }

    private void PutBack(WorkItem item, TimeSpan now)
    {
        if (Closing > CloseMode.Drain)
            item.TryMarkCancelled(CancelReason.Closed); // it was between two places when the others were cancelled
        if (item.CancelReason != CancelReason.None)
            _actions.Add(new(SchedulerActionKind.EndCancelled, Item: item));
        else if (Broken is not null)
            _actions.Add(new(SchedulerActionKind.Fail, Item: item, Data: Broken.Error(now)));
        else
            _queue.AddFirst(item);
        _moves++;
        WatchForStandstill(now);
    }

    /// <summary>Saturates: who asks for the longest time wants no limit.</summary>
    private static TimeSpan After(TimeSpan now, TimeSpan wait) => wait < TimeSpan.MaxValue - now ? now + wait : TimeSpan.MaxValue;

    private void SetDue(WorkItem item, TimeSpan due)
    {
        item.Due = due;
        if (due < NextDue)
            NextDue = due;
    }

    private void SetDue(Worker worker, TimeSpan due)
    {
        worker.Due = due;
        if (due < NextDue)
            NextDue = due;
    }
}
