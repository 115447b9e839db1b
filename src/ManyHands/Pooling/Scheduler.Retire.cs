namespace ManyHands.Pooling;

/// <content>
/// Workers that are replaced by policy. No task waits for the replacement: it is started before the other goes, is held back as a spare until
/// then, and steps in as soon as the other has nothing any more. If workers live for a shorter time than the next one takes to start, several are on their way at once.
/// </content>
internal sealed partial class Scheduler
{
    private static readonly TimeSpan _memoryPause = TimeSpan.FromMilliseconds(20);

    // How long a worker took last from its start until it was ready. The next one is started twice as long before it is needed, since starts differ.
    private const int StartMargin = 2;
    private TimeSpan _startTime;

    // More that start at once than there are cores for only take longer, each of them.
    private const int MostSuccessors = 8;

    /// <summary>Spares that each worker that will retire soon has on their way.</summary>
    public int Successors
    {
        get
        {
            if (_options.Retire.AfterTasks is not { } limit || double.IsNaN(_averageTicks))
                return 1;
            double starts = _startTime.Ticks / Math.Max(limit * _averageTicks, 1);
            return (int)Math.Clamp(Math.Ceiling(starts), 1, Math.Min(MostSuccessors, _options.Cores));
        }
    }

    private bool RetireDue(Worker worker, TimeSpan now)
    {
        Retirement retire = _options.Retire;
        return worker.Tasks >= (retire.AfterTasks ?? long.MaxValue)
            || now - worker.ServesSince >= (retire.AfterAge ?? TimeSpan.MaxValue)
            || worker.RanOutOfMemory
            || (_staff.Serving > Limit && worker.IsEmpty)
            || (worker.Tasks > 0 && (retire.AboveBytes ?? _options.MemoryLimit) is { } bytes && IsAbove(Math.Min(bytes, _options.MemoryLimit ?? bytes), worker, now));
    }

    private bool IsIdleForLong(Worker worker, TimeSpan now) =>
        worker.IsEmpty && _queue.IsEmpty && now - worker.IdleSince >= (_options.Retire.AfterIdle ?? TimeSpan.MaxValue);

    // Reading it costs tens of microseconds, under the pool's lock.
    private static bool IsAbove(long bytes, Worker worker, TimeSpan now)
    {
        if (now - worker.MemoryLookedAt < _memoryPause)
            return false;
        worker.MemoryLookedAt = now;
        worker.MemorySeen = worker.ResidentBytes;
        return worker.MemorySeen > bytes;
    }

    // What grows from task to task is seen to come near.
    private bool IsNearlyTooBig(Worker worker) => _options.Retire.AboveBytes is { } bytes && worker.MemorySeen > bytes / 8 * 7;

    /// <summary>What of an item a worker could only run after the number of tasks at which it retires.</summary>
    private WorkItem? TakeBeyondRetirement(Worker worker, WorkItem item)
    {
        if (item.Count == 1 || _options.Retire.AfterTasks is not { } limit)
            return null;
        return item.TakeRest((int)Math.Clamp(limit - worker.Tasks - TasksIn(worker), 1, item.Count));
    }

    /// <summary>Starts who will step in for a worker, once what it may still run takes no longer than a start.</summary>
    private void PrepareSuccessor(Worker worker, TimeSpan now)
    {
        if (worker.IsLeaving || _options.Retire.AfterTasks is not { } limit)
            return;
        long left = limit - worker.Tasks - TasksIn(worker);
        if (left <= 0 || left * _averageTicks <= StartMargin * _startTime.Ticks)
            Announce(worker, now);
    }

    private void Announce(Worker worker, TimeSpan now)
    {
        if (!worker.IsLeaving)
            _staff.Announce(worker);
        StartSpares(now);
    }

    /// <summary>Retires a worker that is ready, if that is due.</summary>
    private void RetireIfDue(Worker worker, TimeSpan now)
    {
        if (!RetireDue(worker, now))
        {
            if (!worker.IsLeaving && IsNearlyTooBig(worker))
                Announce(worker, now);
            return;
        }

        _staff.Move(worker, WorkerPhase.Retiring);
        worker.EndReason = WorkerEndReason.Retired;
        List<WorkItem> freed = TakeBackAll(worker);
        if (!worker.IsEmpty)
            Announce(worker, now);
        Requeue(freed, now);
        StartWorkers(now);
    }

    /// <summary>Lets a worker go that has run its last task; another takes its place, unless it has never been needed.</summary>
    private void StopIfDone(Worker worker, TimeSpan now)
    {
        if (worker.Phase != WorkerPhase.Retiring || !worker.IsEmpty)
            return;
        Stop(worker, now);
        StartWorkers(now, replace: worker.Tasks > 0);
    }

    private void ReadyWorkerDue(Worker worker, TimeSpan now)
    {
        RetireIfDue(worker, now);
        StopIfDone(worker, now);
        if (worker.Phase != WorkerPhase.Ready)
            return;
        if (IsIdleForLong(worker, now))
        {
            Stop(worker, now, WorkerEndReason.Retired); // comes back when there is work
            StartWorkers(now);
            return;
        }

        if (worker.Tasks > 0 && now >= AnnounceAt(worker))
            Announce(worker, now);
        SetRetireDue(worker);
    }

    /// <summary>Looks after it when it will be too old, or shortly before, or will have been idle for long.</summary>
    private void SetRetireDue(Worker worker)
    {
        TimeSpan byAge = worker.IsLeaving || worker.Tasks == 0 ? TooOldAt(worker) : AnnounceAt(worker);
        TimeSpan byIdle = worker.IsEmpty ? After(worker.IdleSince, _options.Retire.AfterIdle ?? TimeSpan.MaxValue) : TimeSpan.MaxValue;
        SetDue(worker, byAge < byIdle ? byAge : byIdle);
    }

    private TimeSpan TooOldAt(Worker worker) => After(worker.ServesSince, _options.Retire.AfterAge ?? TimeSpan.MaxValue);

    private TimeSpan AnnounceAt(Worker worker) => TooOldAt(worker) is var at && at == TimeSpan.MaxValue ? at : at - (StartMargin * _startTime);

    private void Stop(Worker worker, TimeSpan now, WorkerEndReason? reason = null)
    {
        _staff.Move(worker, WorkerPhase.Stopping);
        worker.EndReason = reason ?? worker.EndReason;
        SetDue(worker, After(now, _options.KillAfter));
        _actions.Add(new(SchedulerActionKind.Stop, worker));
    }

    private static long TasksIn(Worker worker) => worker.Lanes.Sum(lane => lane.Items.Sum(item => item.Count));
}
