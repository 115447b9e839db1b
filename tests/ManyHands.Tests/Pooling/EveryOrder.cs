namespace ManyHands.Tests.Pooling;

/// <summary>
/// Two workers, three tasks, one that dies, one cancellation, one close: every order in which these and the workers' own steps can happen.
/// An order is played from the start; one that reaches a state that was reached before is not followed further.
/// </summary>
public abstract class EveryOrder
{
    private protected static readonly SubmitOptions Retried = new() { Idempotent = true, Retry = new RetryPolicy { Attempts = 2 } };

    private protected static void Explore(CloseMode mode, Func<SimulatedPool> pool, Func<SimulatedItem[]> items)
    {
        var seen = new HashSet<UInt128>();
        var choices = new List<Choice>();
        while (true)
        {
            var order = new Order(mode, pool(), items());
            try
            {
                Play(order, choices, seen);
            }
            catch (Exception error)
            {
                throw new ShouldAssertException($"After {string.Join(", ", order.Taken)}: {error.Message}", error);
            }

            while (choices.Count > 0 && choices[^1].Chosen + 1 == choices[^1].Of)
                choices.RemoveAt(choices.Count - 1);
            if (choices.Count == 0)
                break;
            choices[^1] = new(choices[^1].Chosen + 1, choices[^1].Of, null);
        }

        seen.Count.ShouldBeGreaterThan(500);
    }

    private static void Play(Order order, List<Choice> choices, HashSet<UInt128> seen)
    {
        for (int depth = 0; ; depth++)
        {
            order.Pool.Checks = depth >= choices.Count - 1;
            if (depth == choices.Count)
            {
                if (!seen.Add(order.State()))
                    return;
                int possible = order.Possible();
                if (possible == 0)
                    return;
                choices.Add(new(0, possible, null));
            }
            else if (choices[depth].Move is null)
            {
                order.Possible();
            }

            if (choices[depth].Move is null)
                choices[depth] = choices[depth] with { Move = order.Choose(choices[depth].Chosen) };
            order.Take(choices[depth].Move!);
        }
    }

    /// <summary>One of several moves that were possible; kept, so that the way to it need not be searched again.</summary>
    private readonly record struct Choice(int Chosen, int Of, Move? Move);

    /// <summary>A step or a deed, without the objects of the order it was first chosen in.</summary>
    private sealed record Move(SimulatedStepKind? Step, string? Deed, int Worker, int Lane, int Item)
    {
        public override string ToString() =>
            Deed is null ? $"{Step} {Worker}{(Lane < 0 ? "" : $".{Lane}")}" : $"{Deed} {(Item < 0 ? "" : $"item {Item}")}{(Worker < 0 ? "" : $"{Worker}")}";
    }

    /// <summary>What somebody outside may do once: kill a worker, cancel an item, close; or submit the next item.</summary>
    private readonly record struct Deed(string Name, SimulatedWorker? Worker = null, SimulatedItem? Item = null);

    /// <summary>One order of events while it is played.</summary>
    private sealed class Order(CloseMode mode, SimulatedPool pool, SimulatedItem[] items)
    {
        private readonly SimulatedState _state = new();
        private readonly List<SimulatedStep> _steps = [];
        private readonly List<Deed> _deeds = [];
        private bool _cancelled;
        private bool _killed;
        private bool _stopped;

        public SimulatedPool Pool { get; } = pool;

        public List<Move> Taken { get; } = [];

        public UInt128 State() => (_state.Of(Pool) * 31) + (UInt128)((_cancelled ? 1 : 0) + (_killed ? 2 : 0) + (_stopped ? 4 : 0));

        public int Possible()
        {
            _steps.Clear();
            _deeds.Clear();
            SimulatedStep.AddPossible(Pool, _steps);
            if (_steps.Count == 0 && Pool.Checks)
                new SchedulerRules(Pool).CheckAtRest();
            if (Pool.Closing is null)
            {
                if (Pool.Items.Count < items.Length)
                    _deeds.Add(new("Submit", Item: items[Pool.Items.Count]));
                _deeds.Add(new("Close"));
            }

            foreach (SimulatedItem item in Pool.Items)
            {
                if (!_cancelled && item.Tasks.Any(task => !task.HasEnded) && item.Parts.Any(part => part.CancelReason == CancelReason.None))
                    _deeds.Add(new("Cancel", Item: item));
            }

            foreach (SimulatedWorker worker in Pool.Processes)
            {
                if (!_killed && !Pool.ActsAtOnce)
                    _deeds.Add(new("Kill", worker));
                if (!_stopped && worker.HasReportedReady && Pool.Options.HeartbeatLimit is not null)
                    _deeds.Add(new("Stop", worker));
            }

            return _steps.Count + _deeds.Count;
        }

        public Move Choose(int choice)
        {
            if (choice < _steps.Count)
            {
                SimulatedStep step = _steps[choice];
                return new(step.Kind, null, step.Worker?.Number ?? -1, step.Lane?.Lane.Index ?? -1, -1);
            }

            Deed deed = _deeds[choice - _steps.Count];
            return new(null, deed.Name, deed.Worker?.Number ?? -1, -1, Array.IndexOf(items, deed.Item));
        }

        public void Take(Move move)
        {
            Taken.Add(move);
            SimulatedWorker? worker = move.Worker < 0 ? null : Pool.Processes.Find(process => process.Number == move.Worker);
            if (move.Step is { } step)
                new SimulatedStep(step, worker, move.Lane < 0 ? null : worker!.Slots[move.Lane]).Do(Pool);
            else
                Do(new(move.Deed!, worker, move.Item < 0 ? null : items[move.Item]));
            _state.Watch(Pool);
        }

        private void Do(Deed deed)
        {
            switch (deed.Name)
            {
                case "Submit":
                    Pool.Submit(deed.Item!);
                    break;
                case "Cancel":
                    _cancelled = true;
                    Pool.Cancel(deed.Item!);
                    break;
                case "Stop":
                    _stopped = true;
                    deed.Worker!.IsStopped = true;
                    break;
                case "Kill":
                    _killed = true;
                    Pool.Die(deed.Worker!);
                    break;
                default:
                    Pool.Close(mode);
                    break;
            }
        }
    }
}
