namespace ManyHands.Tests.Pooling;

/// <summary>Something that workers or time can do next, whatever anybody outside does.</summary>
internal readonly record struct SimulatedStep(SimulatedStepKind Kind, SimulatedWorker? Worker = null, SimulatedLane? Lane = null)
{
    /// <summary>All that can happen now, in a fixed order.</summary>
    public static void AddPossible(SimulatedPool pool, List<SimulatedStep> steps)
    {
        foreach (SimulatedWorker worker in pool.Processes)
        {
            if (worker.IsStopped || worker.KilledAt < pool.Now)
            {
                if (worker.IsKilled)
                    steps.Add(new(SimulatedStepKind.Die, worker));
                continue;
            }

            if (worker is { HasReportedReady: false, HangsAtStart: false })
                steps.Add(new(SimulatedStepKind.Ready, worker));
            foreach (SimulatedLane lane in worker.Slots)
            {
                if (lane.Running is { Item.KillsItsWorker: true })
                    steps.Add(new(SimulatedStepKind.Die, worker));
                else if (lane.Running is { } running && !(running.Item.IsEndless && !Obeys(running.Item)) && !running.Item.IsHeldUpIn(pool))
                    steps.Add(new(SimulatedStepKind.Finish, worker, lane));
                if (lane.Running is null && lane.Inbox.Count > 0)
                    steps.Add(new(SimulatedStepKind.Begin, worker, lane));
                if (lane.Outbox.Count > 0)
                    steps.Add(new(SimulatedStepKind.Read, worker, lane));
            }

            if (worker.IsKilled || worker.IsAskedToExit)
                steps.Add(new(SimulatedStepKind.Die, worker));
        }

        if (pool.IsWaitingForTime)
            steps.Add(new(SimulatedStepKind.PassTime));
    }

    public void Do(SimulatedPool pool)
    {
        switch (Kind)
        {
            case SimulatedStepKind.Ready:
                pool.Ready(Worker!);
                break;
            case SimulatedStepKind.Begin:
                pool.Begin(Lane!);
                break;
            case SimulatedStepKind.Finish:
                Lane!.Finish();
                break;
            case SimulatedStepKind.Read:
                pool.Read(Lane!);
                break;
            case SimulatedStepKind.Die:
                pool.Die(Worker!);
                break;
            case SimulatedStepKind.PassTime:
                pool.PassTime();
                break;
        }
    }

    public override string ToString() =>
        Lane is not null ? $"{Kind} {Worker!.Number}.{Lane.Lane.Index}" : Worker is not null ? $"{Kind} {Worker.Number}" : $"{Kind}";

    private static bool Obeys(SimulatedItem item) => item is { WasAskedToStop: true, IgnoresCancellation: false };
}

internal enum SimulatedStepKind
{
    Ready,
    Begin,
    Finish,
    Read,
    Die,
    PassTime,
}
