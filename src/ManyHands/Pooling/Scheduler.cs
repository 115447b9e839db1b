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
    private const int MaxDepth = 64;
    private const long MaxLaneBytes = 32 << 10; // small enough to be sent without waiting

    private readonly SchedulerOptions _options;
    private readonly Func<int, Worker> _newWorker;
    private readonly WorkQueue _queue = new();
    private readonly WorkQueue _door = new();
    private readonly List<Worker> _workers = [];
    private readonly Stack<Lane> _idle = new();
    private readonly List<SchedulerAction> _actions = [];
    private double _averageTicks = double.NaN;
    private int _surplusLanes;

    public Scheduler(SchedulerOptions options, Func<int, Worker> newWorker)
    {
        _options = options;
        _newWorker = newWorker;
    }

    /// <summary>What has to be done, in order. The caller empties it.</summary>
    public List<SchedulerAction> Actions => _actions;

    public IReadOnlyList<Worker> Workers => _workers;

    /// <summary>Tasks that no worker has.</summary>
    public int Queued => _queue.Tasks + _door.Tasks;

    /// <summary>When <see cref="TimePassed"/> has to be called next.</summary>
    public TimeSpan NextDue { get; private set; } = TimeSpan.MaxValue;

    /// <summary>Why no worker can be started, once that is so.</summary>
    public Exception? Broken { get; private set; }

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
            _door.AddLast(item);
            return Admission.Waiting;
        }

        if (_queue.IsEmpty && TryTakeIdle(out Lane? lane))
        {
            Assign(lane, item, now);
            return Admission.Accepted;
        }

        _queue.AddLast(item);
        StartWorkers(now);
        return Admission.Accepted;
    }

    /// <summary>A lane reports that an item has ended.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="item">The item; ignored where the lane no longer has it.</param>
    /// <param name="elapsed">Time its tasks ran in all, or zero where unknown.</param>
    /// <param name="now">The time.</param>
    public void Ended(Lane lane, WorkItem item, TimeSpan elapsed, TimeSpan now)
    {
        if (!ReferenceEquals(item.Holder, lane))
            return;
        RemoveFrom(lane, item);
        lane.Worker.Tasks += item.Count;
        if (elapsed > TimeSpan.Zero)
            Learn(elapsed.Ticks / (double)item.Count);
        LaneHasRoom(lane, now);
    }

    private bool HasRoom() => _door.IsEmpty && _queue.Tasks < _options.QueueLimit && _queue.Bytes < _options.QueueBytes;

    // The newest tasks count for an eighth: quick to follow a change, slow to follow one outlier.
    private void Learn(double ticks) => _averageTicks = double.IsNaN(_averageTicks) ? ticks : _averageTicks + (ticks - _averageTicks) / 8;

    private void Assign(Lane lane, WorkItem item, TimeSpan now)
    {
        item.Attempt++;
        item.Generation++;
        item.Assigned();
        _surplusLanes -= lane.HasSurplus ? 1 : 0;
        lane.Add(item);
        _surplusLanes += lane.HasSurplus ? 1 : 0;
        if (item.Options.Timeout is { } timeout)
            SetDue(item, now + timeout);
        _actions.Add(new(SchedulerActionKind.Dispatch, lane.Worker, lane, item));
    }

    private void RemoveFrom(Lane lane, WorkItem item)
    {
        _surplusLanes -= lane.HasSurplus ? 1 : 0;
        lane.Remove(item);
        _surplusLanes += lane.HasSurplus ? 1 : 0;
        item.Due = TimeSpan.MaxValue;
    }

    /// <summary>Fills a lane that can take something, or makes it idle; retires its worker where that is due.</summary>
    private void LaneHasRoom(Lane lane, TimeSpan now)
    {
        Worker worker = lane.Worker;
        if (worker.Phase == WorkerPhase.Ready && RetireDue(worker, now))
            BeginRetiring(worker);
        if (worker.Phase == WorkerPhase.Retiring && worker.IsEmpty)
            Stop(worker, now);
        if (worker.Phase != WorkerPhase.Ready)
        {
            CloseIfEmpty(now);
            return;
        }

        // Below half only, so that the frames of many tiny tasks leave together.
        int depth = Depth;
        if (lane.Items.Count == 0 || lane.Items.Count <= depth / 2)
        {
            while (!_queue.IsEmpty && lane.Items.Count < depth && MayTake(lane, _queue.First!))
                Assign(lane, _queue.TakeFirst(), now);
            LetIn(now);
        }

        if (lane.Items.Count > 0)
            return;
        TakeOver(lane, now);
        if (lane.Items.Count > 0)
            return;
        ListIdle(lane, now);
        CloseIfEmpty(now);
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
            if (_queue.IsEmpty && TryTakeIdle(out Lane? lane))
                Assign(lane, item, now);
            else
                _queue.AddLast(item);
        }
    }

    /// <summary>Gives an empty lane half of what has not begun in the fullest lane of another.</summary>
    private void TakeOver(Lane idle, TimeSpan now)
    {
        if (_surplusLanes == 0)
            return;
        Lane? fullest = null;
        int most = 0;
        foreach (Worker worker in _workers)
        {
            foreach (Lane lane in worker.Lanes)
            {
                int waiting = Waiting(lane);
                if (waiting > most)
                    (fullest, most) = (lane, waiting);
            }
        }

        if (fullest is null)
            return;
        int wanted = (most + 1) / 2;
        for (int i = fullest.Items.Count - 1; i >= 0 && wanted > 0; i--)
        {
            WorkItem item = fullest.Items[i];
            if (item.CancelReason != CancelReason.None)
                continue;
            int begun = fullest.Worker.Begun(item);
            int leave = Math.Max(i == 0 && begun == 0 ? 1 : 0, item.Count - begun - wanted);
            int cut = fullest.Worker.TakeBack(item, leave);
            wanted -= item.Count - cut;
            if (Release(fullest, item, cut) is { } rest)
                Assign(idle, rest, now);
        }
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

    /// <summary>Lets go of what was taken back of an item: from <paramref name="cut"/> on.</summary>
    private WorkItem? Release(Lane lane, WorkItem item, int cut)
    {
        if (cut == 0)
            RemoveFrom(lane, item);
        return item.TakeRest(cut);
    }

    private bool TryTakeIdle([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Lane? lane)
    {
        while (_idle.TryPop(out lane))
        {
            lane.IsListedIdle = false;
            if (lane.Worker.Phase == WorkerPhase.Ready && lane.Items.Count == 0)
                return true;
        }

        return false;
    }

    private void ListIdle(Lane lane, TimeSpan now)
    {
        if (lane.IsListedIdle)
            return;
        lane.IsListedIdle = true;
        _idle.Push(lane);
        if (lane.Worker.IsEmpty)
        {
            lane.Worker.IdleSince = now;
            SetIdleDue(lane.Worker);
        }
    }

    /// <summary>Puts an item back at the head of the queue and finds a lane for it.</summary>
    private void Requeue(WorkItem item, TimeSpan now)
    {
        if (item.CancelReason != CancelReason.None)
        {
            _actions.Add(new(SchedulerActionKind.EndCancelled, Item: item));
            return;
        }

        if (TryTakeIdle(out Lane? lane))
            Assign(lane, item, now);
        else
            _queue.AddFirst(item);
    }

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
