using ManyHands.Pooling;

namespace ManyHands.Tests.Pooling;

/// <summary>
/// A scheduler with simulated workers and a clock that only moves when it is told to: does what the pool does with the scheduler's actions,
/// and after every event checks the rules (<see cref="SchedulerRules"/>).
/// </summary>
internal sealed class SimulatedPool
{
    public static readonly TimeSpan Far = TimeSpan.FromDays(1000);

    private readonly SchedulerRules _rules;

    public SimulatedPool(SchedulerOptions options, int lanes = 1, bool takesBack = true, bool actsAtOnce = false)
    {
        Options = options;
        MostWorkers = options.Workers;
        TakesBack = takesBack;
        ActsAtOnce = actsAtOnce;
        Scheduler = new Scheduler(options, number => new SimulatedWorker(this, number, lanes));
        _rules = new SchedulerRules(this);
    }

    /// <summary>Ordinary options: two workers, five seconds to stop.</summary>
    public static SchedulerOptions Ordinary { get; } = new()
    {
        Workers = 2,
        QueueLimit = 10_000,
        KillAfter = TimeSpan.FromSeconds(5),
        RestartLimit = new RestartLimit(),
        CanKill = true,
        CanPrefetch = true,
        StartLimit = Far,
        Cores = 4,
    };

    public SchedulerOptions Options { get; }

    public Scheduler Scheduler { get; }

    /// <summary>Workers that there may be: those beyond a lowered limit may end what they are at.</summary>
    public int MostWorkers { get; private set; }

    /// <summary>Workers can give back what they have not begun.</summary>
    public bool TakesBack { get; }

    /// <summary>Workers are gone at once when they are told to be, as those of threads.</summary>
    public bool ActsAtOnce { get; }

    /// <summary>Workers are ready as soon as they are started.</summary>
    public bool StartsAtOnce { get; init; }

    /// <summary>Is told of each worker that is started. May throw that the system has no more of something.</summary>
    public Action<SimulatedWorker> Started { get; init; } = _ => { };

    /// <summary>Is told that a worker is given something. May throw that the system has no more of something.</summary>
    public Action<SimulatedWorker> Dispatching { get; init; } = _ => { };

    public TimeSpan Now { get; private set; } = TimeSpan.FromMinutes(1);

    /// <summary>What a task is reported to have taken; zero where nothing is learned from it.</summary>
    public TimeSpan TaskTime { get; set; }

    public bool Checks { get; set; } = true;

    /// <summary>Workers that were started and are not gone.</summary>
    public List<SimulatedWorker> Processes { get; } = [];

    public List<SimulatedItem> Items { get; } = [];

    public List<ExecutorEvent> Events { get; } = [];

    /// <summary>Items in the order in which lanes got them.</summary>
    public List<(SimulatedWorker Worker, string Item)> Dispatched { get; } = [];

    public CloseMode? Closing => Scheduler.Closing;

    public int TimesClosed { get; private set; }

    public bool IsClosed => TimesClosed > 0;

    // ---- Events from outside.

    public Admission Submit(SimulatedItem item, bool mayWait = true)
    {
        Admission admission = Scheduler.Submit(item, mayWait, Now);
        if (admission != Admission.Full)
            Items.Add(item);
        item.IsAtDoor = admission == Admission.Waiting;
        Perform();
        return admission;
    }

    public SimulatedItem Submit(string name, SubmitOptions? options = null)
    {
        var item = new SimulatedItem(name, options);
        Submit(item);
        return item;
    }

    /// <summary>Cancels a submission wherever its parts are.</summary>
    public void Cancel(SimulatedItem item, CancelReason reason = CancelReason.Caller)
    {
        item.IsWithdrawn |= reason == CancelReason.Caller;
        foreach (SimulatedItem part in item.Parts.ToArray())
        {
            Scheduler.Cancel(part, reason, Now);
            Perform();
        }
    }

    public void SetLimit(int limit)
    {
        MostWorkers = Math.Max(limit, Scheduler.Workers.Serving);
        Scheduler.SetLimit(limit, Now);
        Perform();
    }

    /// <summary>Takes items out of the queue; they are the test's then.</summary>
    public List<WorkItem> Withdraw(Predicate<WorkItem> which)
    {
        List<WorkItem> taken = Scheduler.Withdraw(which, Now);
        Items.RemoveAll(taken.Contains);
        Perform();
        return taken;
    }

    public void Close(CloseMode mode)
    {
        Scheduler.Close(mode, Now);
        Perform();
    }

    /// <summary>Something will come of it when time passes; more than a look at workers that are well.</summary>
    public bool IsWaitingForTime => Scheduler.Workers.Any(worker => IsSoon(worker.Due) || worker.Lanes.Any(lane => lane.Items.Exists(item => IsSoon(item.Due))))
        || Items.Exists(item => item.Holder is WorkQueue && IsSoon(item.Due))
        || (Scheduler.StartAgainAt > Now && IsSoon(Scheduler.StartAgainAt))
        || StandsStill
        || IsUnshared
        || (IsSoon(Scheduler.NextDue) && Processes.Exists(worker => (worker.IsStopped && Options.HeartbeatLimit is not null) || worker.IsTooBig));

    /// <summary>Every lane runs something that waits, itself or by way of what it waits for, for something that cannot begin.</summary>
    public bool StandsStill => Scheduler.Workers.Serving >= Scheduler.Limit
        && Processes.TrueForAll(worker => Array.TrueForAll(worker.Slots, lane => lane.Running is { } running && IsStuck(running.Item)))
        && Scheduler.Workers.All(worker => worker.Phase is WorkerPhase.Ready or WorkerPhase.Retiring);

    /// <summary>A lane has nothing while another could give back tasks behind its next one.</summary>
    public bool IsUnshared => TakesBack && Closing is null or CloseMode.Drain
        && Processes.Exists(HasIdleLane) && Processes.Exists(HasMoreThanNext);

    private int Deadlocks => Items.Count(item => item.Task(0).Error is ExecutorDeadlockException);

    private bool IsStuck(SimulatedItem item) => item.CancelReason == CancelReason.None && Items.Exists(queued =>
    {
        WorkItem? outer = queued.Holder is WorkQueue ? queued.HoldsUp(out _) : null;
        while (outer is not null && outer != item)
            outer = outer.HoldsUp(out _);
        return outer is not null;
    });

    /// <summary>Lets time pass until the next thing is due.</summary>
    public void PassTime() => PassTime(Scheduler.NextDue - Now);

    public void PassTime(TimeSpan time)
    {
        Now += time > TimeSpan.Zero ? time : TimeSpan.Zero;
        bool stoodStill = StandsStill;
        int deadlocks = Deadlocks;
        Scheduler.TimePassed(Now);
        Perform();
        if (!stoodStill)
            Deadlocks.ShouldBe(deadlocks, "something fails although a lane will be free");
    }

    public void TimeStandsStill(Exception error)
    {
        Scheduler.TimeStandsStill(error);
        Perform();
    }

    // ---- Events from workers.

    public void Ready(SimulatedWorker worker)
    {
        worker.HasReportedReady = true;
        Scheduler.WorkerReady(worker, Now);
        Perform();
    }

    public void FailStart(SimulatedWorker worker, Exception? error = null)
    {
        worker.IsGone = true;
        Processes.Remove(worker).ShouldBeTrue();
        Scheduler.StartFailed(worker, error ?? new WorkerStartException("simulated"), Now);
        Perform();
    }

    public void Begin(SimulatedLane lane)
    {
        if (lane.BeginNext() is { } task)
            _rules.Began(lane, task);
    }

    public void Read(SimulatedLane lane)
    {
        if (lane.Read() is { } ended)
            Scheduler.Ended(lane.Lane, ended, TaskTime * ended.Count, Now);
        Perform();
    }

    /// <summary>The worker ends. What it had answered is read first.</summary>
    public void Die(SimulatedWorker worker)
    {
        foreach (SimulatedLane lane in worker.Slots)
        {
            while (lane.Outbox.Count > 0)
                Read(lane);
        }

        if (!worker.HasReportedReady)
        {
            FailStart(worker);
            return;
        }

        worker.IsGone = true;
        Processes.Remove(worker).ShouldBeTrue();
        Scheduler.WorkerGone(worker, new SimulatedLoss(worker), Now);
        Perform();
    }

    /// <summary>Runs a lane's next task to its end.</summary>
    public void RunNext(SimulatedLane lane)
    {
        Begin(lane);
        lane.Finish();
        Read(lane);
    }

    private static bool HasIdleLane(SimulatedWorker worker) =>
        worker is { Phase: WorkerPhase.Ready, Role: WorkerRole.Serving } && Array.Exists(worker.Lanes, lane => lane.Items.Count == 0);

    private static bool HasMoreThanNext(SimulatedWorker worker) => Array.Exists(worker.Lanes, lane =>
    {
        int waiting = lane.Items.Sum(item => MayGoOn(item) ? item.Count - worker.Begun(item) : 0);
        return waiting > (lane.Items is [{ } next, ..] && MayGoOn(next) && worker.Begun(next) == 0 ? 1 : 0);
    });

    private static bool MayGoOn(WorkItem item) => item.CancelReason == CancelReason.None && !((SimulatedItem)item).IsWithdrawn;

    private bool IsSoon(TimeSpan due) => due - Now < Far / 2;

    private void Perform()
    {
        var later = new List<SchedulerAction>();
        List<SchedulerAction> actions = Scheduler.Actions;
        for (int i = 0; i < actions.Count; i++) // grows while it runs
        {
            if (!actions[i].IsImmediate)
            {
                later.Add(actions[i]);
                continue;
            }

            try
            {
                Perform(actions[i]);
            }
            catch (ExecutorException error)
            {
                Scheduler.Failed(actions[i], error, Now);
            }
        }

        actions.Clear();
        later.ForEach(PerformLater);
        if (Checks)
            _rules.Check();
    }

    private void Perform(SchedulerAction action)
    {
        var worker = (SimulatedWorker)action.Worker!;
        switch (action.Kind)
        {
            case SchedulerActionKind.Start:
                if (worker.Start())
                    Scheduler.WorkerReady(worker, Now);
                break;
            case SchedulerActionKind.Flush:
                worker.Flush(action.Lane!);
                break;
            case SchedulerActionKind.Kill:
                SchedulerRules.Kills(worker);
                if (worker.Kill() is { } killed)
                    Scheduler.WorkerGone(worker, killed, Now);
                break;
            case SchedulerActionKind.Ping:
                worker.Ping();
                break;
            case SchedulerActionKind.Stop:
                if (worker.Stop() is { } stopped)
                    Scheduler.WorkerGone(worker, stopped, Now);
                break;
        }
    }

    private void PerformLater(SchedulerAction action)
    {
        if (IsClosed && action.Kind != SchedulerActionKind.Event)
            throw new ShouldAssertException("Something happens after the close.");
        switch (action.Kind)
        {
            case SchedulerActionKind.LookAtMemory:
                Scheduler.MemorySeen(action.Worker!, action.Worker!.ResidentBytes, Now);
                Perform();
                break;
            case SchedulerActionKind.CancelPolitely:
                action.Worker!.CancelPolitely(action.Item!);
                break;
            case SchedulerActionKind.Fail:
                action.Item!.FailAll((Exception)action.Data!);
                break;
            case SchedulerActionKind.FailLost:
                action.Item!.FailAll(((WorkerLoss)action.Data!).ErrorFor(action.Item));
                break;
            case SchedulerActionKind.EndCancelled:
                action.Item!.EndCancelled();
                break;
            case SchedulerActionKind.Admit:
                action.Item!.Admitted(null);
                break;
            case SchedulerActionKind.Refuse:
                action.Item!.Admitted((Exception)action.Data!);
                break;
            case SchedulerActionKind.Event:
                Events.Add((ExecutorEvent)action.Data!);
                break;
            case SchedulerActionKind.Closed:
                TimesClosed++;
                break;
        }
    }
}
