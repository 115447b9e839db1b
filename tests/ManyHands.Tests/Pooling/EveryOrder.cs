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
        var choices = new List<(int Chosen, int Of)>();
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
            choices[^1] = (choices[^1].Chosen + 1, choices[^1].Of);
        }

        seen.Count.ShouldBeGreaterThan(500);
    }

    private static void Play(Order order, List<(int Chosen, int Of)> choices, HashSet<UInt128> seen)
    {
        for (int depth = 0; ; depth++)
        {
            bool isNew = depth >= choices.Count - 1;
            order.Pool.Checks = isNew;
            if (depth == choices.Count)
            {
                if (!seen.Add(order.State()))
                    return;
                int possible = order.Possible();
                if (possible == 0)
                    return;
                choices.Add((0, possible));
            }
            else
            {
                order.Possible();
            }

            order.Take(choices[depth].Chosen);
        }
    }

    /// <summary>What somebody outside may do once: kill a worker, cancel an item, close; or submit the next item.</summary>
    private readonly record struct Deed(string Name, SimulatedWorker? Worker = null, SimulatedItem? Item = null)
    {
        public override string ToString() => $"{Name} {Item?.Name}{Worker?.Number}";
    }

    /// <summary>One order of events while it is played.</summary>
    private sealed class Order(CloseMode mode, SimulatedPool pool, SimulatedItem[] items)
    {
        private readonly SimulatedState _state = new();
        private readonly List<SimulatedStep> _steps = [];
        private readonly List<Deed> _deeds = [];
        private bool _cancelled;
        private bool _killed;

        public SimulatedPool Pool { get; } = pool;

        public List<object> Taken { get; } = [];

        public UInt128 State() => (_state.Of(Pool) * 31) + (UInt128)((_cancelled ? 1 : 0) + (_killed ? 2 : 0));

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
                if (!_cancelled && item.Tasks.Any(task => !task.HasEnded))
                    _deeds.Add(new("Cancel", Item: item));
            }

            foreach (SimulatedWorker worker in Pool.Processes)
            {
                if (!_killed && !Pool.ActsAtOnce)
                    _deeds.Add(new("Kill", worker));
            }

            return _steps.Count + _deeds.Count;
        }

        public void Take(int choice)
        {
            if (choice < _steps.Count)
            {
                Taken.Add(_steps[choice]);
                _steps[choice].Do(Pool);
            }
            else
            {
                Taken.Add(_deeds[choice - _steps.Count]);
                Do(_deeds[choice - _steps.Count]);
            }

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
