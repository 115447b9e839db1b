using System.Runtime.CompilerServices;
using ManyHands.Pooling;

namespace ManyHands.Tests.Pooling;

/// <summary>What is true of a pool at every moment, whatever happens to it.</summary>
internal sealed class SchedulerRules(SimulatedPool pool)
{
    private static readonly TimeSpan _soon = TimeSpan.FromMilliseconds(100);

    private Scheduler Scheduler => pool.Scheduler;

    /// <summary>A worker has begun a task.</summary>
    public void Began(SimulatedLane lane, SimulatedTask task)
    {
        SimulatedItem item = lane.Running!.Value.Item;
        Require(!pool.TakesBack || item.CancelReason == CancelReason.None, $"{item.Name} was cancelled before it began, and runs");
        Require(task.Runs.Count <= item.Options.Attempts, $"{item.Name} runs more often than it may");
        Require(task.Runs.SkipLast(1).All(earlier => earlier.IsGone || earlier.KilledAt < pool.Now), $"{item.Name} runs twice at once");
        Require(!task.HasEnded, $"{item.Name} runs after it has ended");
    }

    /// <summary>A worker is killed: no task of another may be running where the cancelled one was.</summary>
    public static void Kills(SimulatedWorker worker)
    {
        Require(worker.KilledFor != KillCause.Hung || (worker.IsStopped && worker.OwesAnAnswer), "a worker that answers was taken for hung");
        Require(worker.KilledFor != KillCause.OutOfMemory || worker.Resident == worker.SeenBytes, "a worker that is not too big was killed for its size");
        if (worker.EndReason is WorkerEndReason.Lost or WorkerEndReason.Retired)
            return; // it did not start, or did not stop, in time
        if (worker.Slots is [{ Running: { } running }])
            Require(running.Item.CancelReason != CancelReason.None, $"the kill hits {running.Item.Name}, which nobody cancelled");
        else if (worker.Slots.Any(lane => lane.Running is not null))
            Require(worker.Lanes.Any(lane => lane.Items.Exists(item => item.CancelReason != CancelReason.None)), "a kill that nobody needs");
    }

    public void Check()
    {
        CheckPlaces();
        CheckLanes();
        CheckEnds();
        CheckClosing();
        CheckStaff();
    }

    /// <summary>Nothing can happen any more unless somebody submits, cancels or closes: then everything must be done.</summary>
    public void CheckAtRest()
    {
        foreach (SimulatedItem item in pool.Items)
            Require(item.Tasks.All(task => task.HasEnded), $"{item.Name} has not ended, and nothing is going on that could end it");
        Require(Scheduler.Queued == 0, "the queue is not empty, and nothing is going on");
        if (pool.Closing is not null)
            Require(pool.TimesClosed == 1 && pool.Processes.Count == 0, "it does not come to its close");
        else if (Scheduler.Broken is null && Scheduler.Workers.Ready > 0)
            Require(Scheduler.Workers.Spares >= pool.Options.WarmSpares, "a spare is missing");
    }

    private void CheckStaff()
    {
        Staff staff = Scheduler.Workers;
        int serving = 0, spares = 0, ready = 0, starting = 0, leaving = 0, busy = 0, dismissed = 0;
        foreach (Worker worker in staff)
        {
            serving += worker.Role == WorkerRole.Serving ? 1 : 0;
            spares += worker.Role == WorkerRole.Spare ? 1 : 0;
            dismissed += worker.Role == WorkerRole.Dismissed ? 1 : 0;
            ready += worker.Phase == WorkerPhase.Ready ? 1 : 0;
            starting += worker is { Role: WorkerRole.Serving, Phase: WorkerPhase.Starting } ? worker.Lanes.Length : 0;
            leaving += worker is { Role: WorkerRole.Serving, IsLeaving: true } ? 1 : 0;
            busy += worker.IsEmpty ? 0 : 1;
            Require(worker.IsEmpty || worker.Role == WorkerRole.Serving, $"worker {worker.Number} has something and is {worker.Role}");
        }

        Require(busy <= pool.MostWorkers, "more workers have something than may");
        Require(serving <= pool.MostWorkers, "there are more workers than allowed");
        Require(
            spares <= pool.Options.WarmSpares + leaving || serving >= Scheduler.Limit || pool.Closing is not null || Scheduler.Broken is not null,
            "there are more spares than anybody wants");
        Require(pool.Processes.Count <= serving + spares + dismissed, "a process lives on that nobody counts");
        Require(
            (staff.Serving, staff.Spares, staff.Ready, staff.StartingLanes, staff.Leaving) == (serving, spares, ready, starting, leaving),
            "the staff is miscounted");
    }

    private void CheckPlaces()
    {
        int queued = 0, atDoor = 0, resting = 0;
        long queuedBytes = 0;
        foreach (SimulatedItem item in pool.Items.SelectMany(item => item.Parts))
        {
            bool ended = item.OwnTasks.All(task => task.HasEnded);
            switch (item.Holder)
            {
                case null:
                    Require(ended, $"{item.Name} is nowhere and has not ended");
                    break;
                case WorkQueue:
                    Require(!ended, $"{item.Name} is queued and has ended");
                    Require(item.CancelReason == CancelReason.None, $"{item.Name} is queued and cancelled");
                    Require(item.Count > 1 || item.Attempt == item.Task(0).Runs.Count, $"{item.Name}: only workers that began it count");
                    queued += item.Count;
                    if (item.Due < TimeSpan.MaxValue)
                        resting += item.Count;
                    else if (item.IsAtDoor)
                        atDoor += item.Count;
                    else
                        queuedBytes += item.ArgumentBytes;
                    break;
                case Lane lane:
                    Require(lane.Items.Contains(item), $"{item.Name} is not where it thinks it is");
                    Require(lane.Worker.Phase != WorkerPhase.Gone, $"{item.Name} is in the lane of a worker that is gone");
                    break;
            }
        }

        Require(Scheduler.Queued == queued, $"{Scheduler.Queued} tasks are counted as queued, and {queued} are");
        bool hasRoom = queued - atDoor - resting < pool.Options.QueueLimit && queuedBytes < pool.Options.QueueBytes;
        Require(atDoor == 0 || !hasRoom, "somebody waits at the door of a queue that has room");
        bool isShort = Scheduler.Workers.Serving < Scheduler.Limit;
        bool isIdle = Scheduler.Workers.Any(worker => worker.Phase == WorkerPhase.Ready
            && (worker.Role == WorkerRole.Serving ? worker.Lanes.Any(lane => lane.Items.Count == 0) : isShort));
        Require(queued == atDoor + resting || !isIdle, "a lane is idle while tasks are queued");
    }

    private void CheckLanes()
    {
        TimeSpan next = pool.Items.Select(item => item.Holder is WorkQueue ? item.Due : TimeSpan.MaxValue).DefaultIfEmpty(TimeSpan.MaxValue).Min();
        foreach (Worker worker in Scheduler.Workers)
        {
            next = worker.Due < next ? worker.Due : next;
            foreach (Lane lane in worker.Lanes)
            {
                Require(lane.Items.TrueForAll(item => item.Holder == lane), "a lane has what is elsewhere");
                Require(lane.Bytes == lane.Items.Sum(item => item.ArgumentBytes), "a lane's bytes are miscounted");
                Require(lane.HasSurplus == lane.Items.Sum(item => item.Count) > 1, "a lane's surplus is miscounted");
                Require(
                    lane.Items.Count > 0 || worker.Phase != WorkerPhase.Ready || lane.IsListedIdle == (worker.Role == WorkerRole.Serving),
                    "a lane is forgotten: it has nothing and is not on the list of idle lanes");
                foreach (WorkItem item in lane.Items)
                    next = item.Due < next ? item.Due : next;
            }
        }

        Require(Scheduler.NextDue <= next, "something is due and nobody will be woken for it");
        Require(!pool.IsUnshared || Scheduler.NextDue - pool.Now < _soon, "a lane is idle, another has too much, and no look is due");
    }

    private void CheckEnds()
    {
        foreach (SimulatedItem item in pool.Items)
        {
            foreach (SimulatedTask task in item.Tasks)
            {
                if (task.Error is WorkerLostException lost)
                {
                    bool isSuspected = item.Parts.Any(part => part.Suspicions > 2);
                    bool isRetried = item.Options.Retry?.Includes(lost.Cause) == true;
                    Require(isSuspected || task.Runs.Count == (isRetried ? item.Options.Attempts : 1), $"{item.Name} is reported as lost, and did not have the runs it may have");
                    Require(isSuspected || task.Runs[^1].IsGone || task.Runs[^1].KilledAt < pool.Now, $"{item.Name} is reported as lost, and its worker is there");
                }

                Require(task.Error is not ExecutorBrokenException || pool.Events.Exists(past => past is ExecutorBroken), "nothing was broken");
                Require(task.Outcome != TaskOutcome.Succeeded || task.Runs.Count > 0, $"{item.Name} has succeeded and never ran");
            }
        }
    }

    private void CheckClosing()
    {
        bool nothingLeft = pool.Closing is not null && Scheduler.Workers.Count == 0 && Scheduler.Queued == 0;
        Require(pool.TimesClosed == (nothingLeft ? 1 : 0), $"Closed was said {pool.TimesClosed} times");
        if (pool.Closing is not (CloseMode.Cancel or CloseMode.Kill))
            return;
        foreach (SimulatedItem item in pool.Items.SelectMany(item => item.Parts))
            Require(item.Holder is null || item.CancelReason != CancelReason.None, $"closing has missed {item.Name}");
    }

    // Shouldly's forms with predicates compile an expression each time, and these are asked millions of times.
    private static void Require(bool condition, [InterpolatedStringHandlerArgument(nameof(condition))] Otherwise otherwise)
    {
        if (!condition)
            throw new ShouldAssertException(otherwise.ToString());
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
            throw new ShouldAssertException(otherwise);
    }

    /// <summary>Builds its text only where a rule is broken.</summary>
    [InterpolatedStringHandler]
    private readonly ref struct Otherwise
    {
        private readonly System.Text.StringBuilder? _text;

        public Otherwise(int literalLength, int formattedCount, bool condition, out bool wanted)
        {
            _ = (literalLength, formattedCount);
            wanted = !condition;
            _text = wanted ? new() : null;
        }

        public void AppendLiteral(string text) => _text!.Append(text);

        public void AppendFormatted<T>(T value) => _text!.Append(value);

        public override string ToString() => _text!.ToString();
    }
}
