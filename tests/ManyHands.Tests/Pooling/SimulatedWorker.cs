using ManyHands.Pooling;

namespace ManyHands.Tests.Pooling;

/// <summary>
/// A worker in memory. It keeps begun marks as a process does: what was taken back cannot begin, what has begun cannot be taken back.
/// Nothing happens in it by itself; a test has it take one step after the other, in any order.
/// </summary>
internal sealed class SimulatedWorker : Worker
{
    private readonly SimulatedPool _pool;

    public SimulatedWorker(SimulatedPool pool, int number, int lanes) : base(number, lanes)
    {
        _pool = pool;
        Slots = [.. Lanes.Select(lane => new SimulatedLane(this, lane))];
    }

    public SimulatedLane[] Slots { get; }

    /// <summary>It has said that it is ready, whether or not anybody still wanted to hear it.</summary>
    public bool HasReportedReady { get; set; }

    /// <summary>It never becomes ready.</summary>
    public bool HangsAtStart { get; set; }

    public bool IsKilled { get; private set; }

    /// <summary>When it was killed: a moment later nothing runs in it any more, although the system may take its time to end it.</summary>
    public TimeSpan KilledAt { get; private set; } = TimeSpan.MaxValue;

    public bool IsAskedToExit { get; private set; }

    public bool IsGone { get; set; }

    /// <summary>Nothing happens in it any more, and it does not answer; but it can be killed.</summary>
    public bool IsStopped { get; set; }

    /// <summary>It was asked while it was stopped.</summary>
    public bool OwesAnAnswer { get; private set; }

    public override WorkerLoss? LossSoFar => new SimulatedLoss(this);

    public override bool HasAnswered => !OwesAnAnswer;

    /// <summary>Why it is lost, once it is.</summary>
    public WorkerLossCause Cause { get; set; } = WorkerLossCause.Killed;

    /// <summary>It will be killed for its size as soon as somebody looks.</summary>
    public bool IsTooBig => !IsEmpty && Resident > _pool.Options.MemoryLimit;

    public override int? Pid => 1000 + Number;

    public long Resident { get; set; }

    public override long ResidentBytes => Resident;

    public override bool Start()
    {
        _pool.Started(this);
        _pool.Processes.Add(this);
        HasReportedReady = _pool.StartsAtOnce;
        return _pool.StartsAtOnce;
    }

    public void Resume() => IsStopped = OwesAnAnswer = false;

    public override void Ping()
    {
        OwesAnAnswer.ShouldBeFalse("it is asked again before it has answered");
        OwesAnAnswer = IsStopped;
    }

    public override void Dispatch(Lane lane, WorkItem item)
    {
        _pool.Dispatching(this);
        _pool.Dispatched.Add((this, item.Name));
        Slots[lane.Index].Give((SimulatedItem)item);
    }

    public override int TakeBack(WorkItem item, int leave = 0) => LaneOf(item).TakeBack((SimulatedItem)item, leave, _pool.TakesBack);

    public override int Begun(WorkItem item) => LaneOf(item).Begun((SimulatedItem)item);

    public override bool HasUnread(Lane lane) => Slots[lane.Index].Outbox.Count > 0;

    public override WorkerLoss? Kill()
    {
        IsKilled = true;
        KilledAt = _pool.Now;
        return _pool.ActsAtOnce ? LeftAlone() : null;
    }

    public override WorkerLoss? Stop()
    {
        IsAskedToExit = true;
        return _pool.ActsAtOnce ? LeftAlone() : null;
    }

    public override void CancelPolitely(WorkItem item) => item.CancelRun();

    private SimulatedLane LaneOf(WorkItem item)
    {
        var lane = item.Holder.ShouldBeOfType<Lane>();
        lane.Worker.ShouldBeSameAs(this);
        return Slots[lane.Index];
    }

    private SimulatedLoss LeftAlone()
    {
        _pool.Processes.Remove(this);
        return new SimulatedLoss(this);
    }
}

/// <summary>One lane of a simulated worker: what was sent to it, what it runs, and what it has answered that nobody has read.</summary>
internal sealed class SimulatedLane(SimulatedWorker worker, Lane lane)
{
    private readonly Dictionary<WorkItem, Frame> _given = [];
    private uint _sequence;

    public SimulatedWorker Worker { get; } = worker;

    public Lane Lane { get; } = lane;

    public Queue<Frame> Inbox { get; } = new();

    public (SimulatedItem Item, int Index)? Running { get; private set; }

    public Queue<Answer> Outbox { get; } = new();

    public void Give(SimulatedItem item)
    {
        item.Holder.ShouldBeSameAs(Lane);
        var frame = new Frame(item, ++_sequence) { Mark = Claim.Open(_sequence, item.Count) };
        _given[item] = frame;
        Inbox.Enqueue(frame);
    }

    public int TakeBack(SimulatedItem item, int leave, bool takesBack)
    {
        Frame frame = Given(item);
        if (!takesBack)
            return item.Count;
        int cut = Claim.TakeBack(ref frame.Mark, leave);
        if (cut == 0)
            _given.Remove(item);
        return cut;
    }

    /// <summary>Says of an item that it has begun, and passes over it.</summary>
    public void PassOver(SimulatedItem item) => Given(item).Mark += 1L << 16;

    public int Begun(SimulatedItem item) => Claim.Begun(Given(item).Mark);

    /// <summary>Begins the next task, or drops an item of which nothing is left.</summary>
    public SimulatedTask? BeginNext()
    {
        Frame frame = Inbox.Peek();
        if (!Claim.TryBegin(ref frame.Mark, frame.Sequence, out int index))
        {
            Inbox.Dequeue();
            if (frame.HasRun)
                Outbox.Enqueue(new Answer(frame, null, null));
            return null;
        }

        frame.HasRun = true;
        Running = (frame.Item, index);
        SimulatedTask task = frame.Item.Task(index);
        task.Runs.Add(Worker);
        return task;
    }

    /// <summary>Ends the running task, and answers.</summary>
    public void Finish()
    {
        Frame frame = Inbox.Peek();
        TaskOutcome outcome = frame.Item is { WasAskedToStop: true, IgnoresCancellation: false } ? TaskOutcome.Cancelled : TaskOutcome.Succeeded;
        Outbox.Enqueue(new Answer(frame, Running!.Value.Index, outcome));
        if (!frame.IsBatch)
            Inbox.Dequeue();
        Running = null;
    }

    /// <summary>The pool reads the oldest answer.</summary>
    /// <returns>The item, where the answer ends it.</returns>
    public SimulatedItem? Read()
    {
        Answer answer = Outbox.Dequeue();
        Frame frame = answer.Frame;
        if (!_given.TryGetValue(frame.Item, out Frame? given) || given != frame)
            return null;
        if (answer.Index is { } index)
        {
            if (answer.Outcome == TaskOutcome.Cancelled)
                frame.Item.EndCancelled(index);
            else
                frame.Item.Complete(index, default);
            if (frame.IsBatch)
                return null;
        }

        _given.Remove(frame.Item);
        return frame.Item;
    }

    private Frame Given(SimulatedItem item) =>
        _given.TryGetValue(item, out Frame? frame) ? frame : throw new ShouldAssertException($"{item.Name} is asked for before it was given.");

    public sealed class Frame(SimulatedItem item, uint sequence)
    {
        public SimulatedItem Item { get; } = item;

        public uint Sequence { get; } = sequence;

        public bool IsBatch { get; } = item.Count > 1;

        public bool HasRun { get; set; }

#pragma warning disable CA1051 // A compare-exchange needs a field.
        public long Mark;
#pragma warning restore CA1051
    }

    public sealed record Answer(Frame Frame, int? Index, TaskOutcome? Outcome);
}

internal sealed record SimulatedLoss(SimulatedWorker Worker) : WorkerLoss
{
    public override string Detail => $"Worker {Worker.Number} is gone.";

    public override LostAttempt Attempt(int number, TimeSpan ran) => new(number, Worker.Pid!.Value, Worker.Cause, ran);

    public override Exception ErrorFor(WorkItem item) =>
        new WorkerLostException(
            item.Id, item.Name, Worker.Pid!.Value, Worker.Cause, LostTaskState.Started, item.Attempt, history: new RetryHistory(item.Options.Retry, item.LostAttempts));
}
