using ManyHands.Pooling;

namespace ManyHands.Tests.Pooling;

/// <summary>A number for all that decides what a simulated pool can do from now on; equal states have equal futures.</summary>
internal sealed class SimulatedState
{
    private readonly Dictionary<object, int> _numbers = [];
    private readonly List<Lane> _idle = [];
    private ulong _high;
    private ulong _low;

    /// <summary>Looks which lanes have become idle; to be called after each step, since their order decides who gets the next item.</summary>
    public void Watch(SimulatedPool pool)
    {
        _idle.RemoveAll(lane => !lane.IsListedIdle || lane.Worker.Phase == WorkerPhase.Gone);
        foreach (Worker worker in pool.Scheduler.Workers)
        {
            foreach (Lane lane in worker.Lanes)
            {
                if (lane.IsListedIdle && !_idle.Contains(lane))
                    _idle.Add(lane);
            }
        }
    }

    public UInt128 Of(SimulatedPool pool)
    {
        (_high, _low) = (14695981039346656037, 1099511628211);
        _numbers.Clear();
        foreach (SimulatedWorker worker in pool.Scheduler.Workers.Cast<SimulatedWorker>())
        {
            foreach (SimulatedLane lane in worker.Slots)
                _numbers.Add(lane.Lane, _numbers.Count);
        }

        foreach (SimulatedItem item in pool.Items)
        {
            foreach (SimulatedItem part in item.Parts)
                _numbers.Add(part, _numbers.Count);
        }

        Add(pool.Scheduler.Depth, pool.TimesClosed, (int)(pool.Closing ?? (CloseMode)9), pool.Scheduler.Broken?.FailedStarts ?? 0);
        Add(Until(pool, pool.Scheduler.NextDue), Until(pool, pool.Scheduler.StartAgainAt));
        Add(pool.Events.Skip(pool.Events.FindLastIndex(last => last is WorkerStarted) + 1).Count(last => last is WorkerStartFailed));
        foreach (SimulatedItem item in pool.Items)
        {
            foreach (SimulatedItem part in item.Parts)
                AddItem(pool, part);
        }

        foreach (SimulatedWorker worker in pool.Scheduler.Workers.Cast<SimulatedWorker>())
            AddWorker(pool, worker);
        foreach (Lane lane in _idle)
            Add(_numbers.GetValueOrDefault(lane, -1));
        return new UInt128(_high, _low);
    }

    private void AddItem(SimulatedPool pool, SimulatedItem item)
    {
        Add(-10, item.Count, (int)item.CancelReason, item.Attempt);
        Add(item.WasAskedToStop ? 1 : 0, item.IsAtDoor ? 1 : 0, Until(pool, item.Due), Number(item.Previous));
        Add(item.Holder is Lane lane ? Number(lane) : item.Holder is null ? -1 : -2);
        foreach (SimulatedTask task in item.OwnTasks)
            Add((int)(task.Outcome ?? (TaskOutcome)9), task.Runs.Count, task.Runs.Count > 0 && task.Runs[^1].IsGone ? 1 : 0);
    }

    private void AddWorker(SimulatedPool pool, SimulatedWorker worker)
    {
        Add(-20, (int)worker.Phase, (int)worker.EndReason, Until(pool, worker.Due));
        Add((int)worker.Role, worker.IsLeaving ? 1 : 0, (int)Math.Min(worker.Tasks, pool.Options.Retire.AfterTasks ?? 1));
        Add(worker.KilledAt < pool.Now ? 1 : 0);
        Add((worker.IsStopped ? 1 : 0) + (worker.OwesAnAnswer ? 2 : 0), (int)worker.Silence.TotalSeconds, (int)worker.KilledFor);
        Add((worker.HasReportedReady ? 1 : 0) + (worker.IsKilled ? 2 : 0) + (worker.IsAskedToExit ? 4 : 0));
        foreach (SimulatedLane slot in worker.Slots)
        {
            Add(-30, slot.Running is { } running ? Number(running.Item) : -1, slot.Running?.Index ?? -1);
            foreach (WorkItem item in slot.Lane.Items)
                Add(Number(item));
            foreach (SimulatedLane.Frame frame in slot.Inbox)
                Add(-31, Number(frame.Item), (int)(frame.Mark & 0xFFFFFFFF), frame.HasRun ? 1 : 0);
            foreach (SimulatedLane.Answer answer in slot.Outbox)
                Add(-32, Number(answer.Frame.Item), answer.Index ?? -1, (int)(answer.Outcome ?? (TaskOutcome)9));
        }
    }

    // What is past is due now, and what is due in hours is due after everything else: else a wait that is renewed every other second would go on in new states.
    private static int Until(SimulatedPool pool, TimeSpan due) =>
        due == TimeSpan.MaxValue ? -1 : (int)Math.Clamp((due - pool.Now).TotalSeconds, 0, TimeSpan.SecondsPerHour);

    private int Number(object? what) => what is null ? -1 : _numbers.GetValueOrDefault(what, -2);

    private void Add(params ReadOnlySpan<int> values)
    {
        foreach (int value in values)
        {
            _high = (_high ^ (uint)value) * 1099511628211;
            _low = (_low + (uint)value) * 6364136223846793005 + 1442695040888963407;
        }
    }
}
