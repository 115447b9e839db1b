namespace ManyHands.Pooling;

/// <summary>
/// What runs items: a thread, a process. The seam between the pool and a back end. The scheduler reads and writes the state here, under the
/// pool's lock, and the back end does what the scheduler decided.
/// </summary>
internal abstract class Worker
{
    protected Worker(int number, int lanes)
    {
        Number = number;
        Lanes = new Lane[lanes];
        for (int i = 0; i < lanes; i++)
            Lanes[i] = new Lane(this, i);
    }

    public int Number { get; }

    public Lane[] Lanes { get; }

    /// <summary>Where it is in its life. <see cref="Staff"/> sets it and the next three.</summary>
    public WorkerPhase Phase { get; set; }

    /// <summary>What it is there for.</summary>
    public WorkerRole Role { get; set; }

    /// <summary>It will retire soon, so that somebody should be ready to step in.</summary>
    public bool IsLeaving { get; set; }

    public LinkedListNode<Worker>? Place { get; set; }

    /// <summary>When something is due for it: ready by, gone by, given up by, or a look at its age. In the pool's time.</summary>
    public TimeSpan Due { get; set; } = TimeSpan.MaxValue;

    /// <summary>When it was started. In the pool's time, as those below.</summary>
    public TimeSpan StartedAt { get; set; }

    /// <summary>It was killed because it was not ready in time.</summary>
    public bool MissedStartLimit { get; set; }

    /// <summary>When its memory was looked at last. In the pool's time.</summary>
    public TimeSpan MemoryLookedAt { get; set; }

    /// <summary>Its resident memory then.</summary>
    public long MemorySeen { get; set; }

    /// <summary>For how long it has not answered, as far as that was watched.</summary>
    public TimeSpan Silence { get; set; }

    /// <summary>The task that it was killed to stop, for people; null where there was none.</summary>
    public string? KilledTask { get; set; }

    /// <summary>Why it was killed although no task had to be stopped.</summary>
    public KillCause KilledFor { get; set; }

    /// <summary>Its resident memory when that was too much.</summary>
    public long SeenBytes { get; set; }

    /// <summary>Why it could not be given work.</summary>
    public ExecutorException? Failure { get; set; }

    /// <summary>Tasks that failed because it was lost; a killed worker may lose some before the system has ended it.</summary>
    public List<TaskId> Lost { get; } = [];

    /// <summary>It was running more than one task when it was lost, and nothing tells which of them it was lost by.</summary>
    public bool RanSeveral { get; set; }

    /// <summary>It had begun something when it was lost.</summary>
    public bool IsToBlame { get; set; }

    /// <summary>Work ended in it for want of memory.</summary>
    public bool RanOutOfMemory { get; set; }

    /// <summary>When it became ready; null where it has not been.</summary>
    public TimeSpan? ReadyAt { get; set; }

    /// <summary>Since when it may get items: its age. The end of time while it does not.</summary>
    public TimeSpan ServesSince { get; set; } = TimeSpan.MaxValue;

    /// <summary>Since when it has had nothing to do; the end of time while it has something.</summary>
    public TimeSpan IdleSince { get; set; } = TimeSpan.MaxValue;

    /// <summary>Tasks it has ended.</summary>
    public long Tasks { get; set; }

    /// <summary>How long they ran in all, as far as that is known.</summary>
    public TimeSpan Worked { get; set; }

    public WorkerEndReason EndReason { get; set; } = WorkerEndReason.Lost;

    public bool IsEmpty => Array.TrueForAll(Lanes, lane => lane.Items.Count == 0);

    /// <summary>Its process id, where it has one of its own.</summary>
    public virtual int? Pid => null;

    /// <summary>Resident memory in bytes; 0 where it has none of its own or it cannot be read.</summary>
    public virtual long ResidentBytes => 0;

    // ---- Under the pool's lock, called by the scheduler or for it: must not block.

    /// <summary>Begins to start it. True where it is ready at once; else the pool is told later.</summary>
    public abstract bool Start();

    /// <summary>Gives an item to a lane. It may be kept until <see cref="Flush"/>.</summary>
    public abstract void Dispatch(Lane lane, WorkItem item);

    /// <summary>Sends what was dispatched to a lane.</summary>
    public virtual void Flush(Lane lane)
    {
    }

    /// <summary>Takes back the tasks of an item that have not begun, but for the next <paramref name="leave"/>.</summary>
    /// <returns>The index from which on they are the caller's again; the item's count where there is nothing to take.</returns>
    public abstract int TakeBack(WorkItem item, int leave = 0);

    /// <summary>How many tasks of an item have begun. Exact once the worker is gone.</summary>
    public abstract int Begun(WorkItem item);

    /// <summary>A lane has said something that has not been read.</summary>
    public virtual bool HasUnread(Lane lane) => false;

    /// <summary>What is known about a worker that has been killed and is not gone yet; null where those that are killed are gone at once.</summary>
    public virtual WorkerLoss? LossSoFar => null;

    /// <summary>It has answered the last <see cref="Ping"/>, or was never asked.</summary>
    public virtual bool HasAnswered => true;

    /// <summary>Asks whether it is there. Answered by a thread that runs no code of others.</summary>
    public virtual void Ping()
    {
    }

    /// <summary>Ends it now. What is known where it is gone at once; else null, and the pool is told later.</summary>
    public abstract WorkerLoss? Kill();

    /// <summary>Asks it, without items, to end. What is known where it is gone at once; else null, and the pool is told later.</summary>
    public abstract WorkerLoss? Stop();

    // ---- Outside of the lock.

    /// <summary>Asks the work of an item to stop, if the item is still running.</summary>
    public abstract void CancelPolitely(WorkItem item);
}

/// <summary>Where a worker is in its life.</summary>
internal enum WorkerPhase
{
    Starting,
    Ready,

    /// <summary>Gets no more items; stops when it has none.</summary>
    Retiring,
    Stopping,
    Killed,
    Gone,
}

/// <summary>Why a worker was killed for what it is, not for a task that had to be stopped.</summary>
internal enum KillCause
{
    None,

    /// <summary>It did not answer for too long.</summary>
    Hung,

    /// <summary>It was bigger than it may be.</summary>
    OutOfMemory,
}

/// <summary>What a worker is there for.</summary>
internal enum WorkerRole
{
    /// <summary>Gets items.</summary>
    Serving,

    /// <summary>Is held back until one of the others is missing.</summary>
    Spare,

    /// <summary>Is on its way out and has nothing any more; its place may be taken.</summary>
    Dismissed,
}
