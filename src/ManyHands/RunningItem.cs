using ManyHands.Completions;

namespace ManyHands;

/// <summary>
/// One run of an item in this process, as its work sees it. It flows with the execution context to whatever the work calls, awaits or
/// starts, so that an item which is submitted from in there knows who may be waiting for it. At the end it lets go of the item: what keeps the
/// context for longer, a timer or a forgotten task, keeps nothing alive.
/// </summary>
internal class RunningItem(WorkItem? item, uint generation) : Occupation
{
    private volatile WorkItem? _item = item;
    private volatile object? _place; // the thread that runs it; once the rest of it is asynchronous, the task that ends with it

    /// <summary>The one inside of which the caller runs; null where there is none, and where it has ended.</summary>
    public static new RunningItem? Current => Occupation.Current as RunningItem;

    /// <summary>The item, until it ends.</summary>
    public WorkItem? Item => _item;

    public override bool IsOver => _item is null;

    protected override IWorkOwner? Pool => _item?.Owner;

    protected override Occupation? Outer => _item?.Outer;

    protected override string What => _item is { } item ? $"task {item.Id} ({item.Name})" : "a task";

    protected override TaskId Task => _item?.Id ?? default;

    /// <summary>The <see cref="WorkItem.Generation"/> that it was given out with; nothing runs if that has moved on.</summary>
    public uint Generation { get; } = generation;

    /// <summary>Ends when the item does; null where all of it ran on one thread.</summary>
    public Task? Pending => _place as Task;

    /// <summary>The calling thread is the one that runs it.</summary>
    public bool IsOnThisThread => ReferenceEquals(_place, Thread.CurrentThread);

    /// <summary>It begins, on this thread; what runs in this execution context is inside of it from now on.</summary>
    public void Begin()
    {
        _place = Thread.CurrentThread;
        Occupy();
    }

    /// <summary>What is left of it does not need the thread any more.</summary>
    public void GoOn(Task pending) => _place = pending;

    /// <summary>It has ended.</summary>
    public void End() => _item = null;

    /// <summary>It has ended, and needed no more than its thread.</summary>
    public void EndOnThread()
    {
        _item = null;
        _place = null;
    }

    /// <summary>It runs inside of an item of this pool that has not ended, or is one: directly, or through items of other pools.</summary>
    public bool IsWithin(IWorkOwner pool)
    {
        for (RunningItem? running = this; running?._item is { } item; running = item.Outer)
        {
            if (ReferenceEquals(item.Owner, pool))
                return true;
        }

        return false;
    }

    /// <summary>It cannot end before this task has: its asynchronous rest awaits it, or its thread is blocked, and somebody is until the task has ended.</summary>
    /// <param name="task">The task, of something that was submitted from inside.</param>
    /// <param name="submitter">What submitted it: this itself, the task that did it, or null. If anybody is blocked for it, then that is.</param>
    public bool WaitsFor(Task task, object? submitter)
    {
        IEnumerable<object> waiters = TaskWaiters.Behind(task);
        if (submitter is Task blocked && TaskWaiters.Of(task).Any(IsThread))
            waiters = waiters.Concat(TaskWaiters.Behind(blocked));
        return _place switch
        {
            Task pending => waiters.Contains(pending),
            Thread thread when IsBlocked(thread) => (ReferenceEquals(submitter, this) ? waiters : waiters.Except(TaskWaiters.Of(task))).Any(IsThread),
            _ => false,
        };
    }

    private static bool IsBlocked(Thread thread) => (thread.ThreadState & ThreadState.WaitSleepJoin) != 0;

    private static bool IsThread(object waiter) => waiter is ManualResetEventSlim;
}
