using ManyHands.Pooling;

namespace ManyHands.Tests.Pooling;

/// <summary>
/// Two workers, three tasks, one that dies, one cancellation, one close: every order in which these and the workers' own steps can happen.
/// An order is played from the start; one that reaches a state that was reached before is not followed further.
/// </summary>
public sealed class EveryOrderTests
{
    private static readonly SubmitOptions _retried = new() { Idempotent = true, Retry = new RetryPolicy { Attempts = 2 } };

    [Theory]
    [InlineData(CloseMode.Drain)]
    [InlineData(CloseMode.Cancel)]
    [InlineData(CloseMode.Kill)]
    public void Single_tasks_end_once_in_every_order(CloseMode mode) =>
        Explore(mode, SimulatedPool.Ordinary with { CanPrefetch = false }, 1, () => [new("a"), new("b", _retried), new("c", takesToken: true)]);

    internal static int Explore(
        CloseMode mode, SchedulerOptions options, int lanes, Func<SimulatedItem[]> items, TimeSpan taskTime = default, bool actsAtOnce = false)
    {
        var seen = new HashSet<UInt128>();
        var choices = new List<(int Chosen, int Of)>();
        int orders = 0;
        while (true)
        {
            orders++;
            var order = new Order(mode, new SimulatedPool(options, lanes, actsAtOnce: actsAtOnce) { TaskTime = taskTime }, items());
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
                return seen.Count;
            choices[^1] = (choices[^1].Chosen + 1, choices[^1].Of);
        }
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

    /// <summary>One order of events while it is played.</summary>
    private sealed class Order(CloseMode mode, SimulatedPool pool, SimulatedItem[] items)
    {
        private readonly SimulatedState _state = new();
        private readonly List<SimulatedStep> _steps = [];
        private readonly List<(string Name, Action Do)> _outside = [];
        private bool _cancelled;
        private bool _killed;

        public SimulatedPool Pool { get; } = pool;

        public List<string> Taken { get; } = [];

        public UInt128 State() => (_state.Of(Pool) * 31) + (UInt128)((_cancelled ? 1 : 0) + (_killed ? 2 : 0));

        public int Possible()
        {
            _steps.Clear();
            _outside.Clear();
            SimulatedStep.AddPossible(Pool, _steps);
            if (_steps.Count == 0 && Pool.Checks)
                new SchedulerRules(Pool).CheckAtRest();
            if (Pool.Closing is null)
            {
                if (Pool.Items.Count < items.Length)
                    _outside.Add(($"Submit {items[Pool.Items.Count].Name}", () => Pool.Submit(items[Pool.Items.Count])));
                _outside.Add(($"Close {mode}", () => Pool.Close(mode)));
            }

            if (!_cancelled)
            {
                foreach (SimulatedItem item in Pool.Items)
                {
                    _outside.Add(($"Cancel {item.Name}", () =>
                    {
                        _cancelled = true;
                        Pool.Cancel(item);
                    }));
                }
            }

            if (!_killed)
            {
                foreach (SimulatedWorker worker in Pool.Processes)
                {
                    _outside.Add(($"Kill {worker.Number}", () =>
                    {
                        _killed = true;
                        Pool.Die(worker);
                    }));
                }
            }

            return _steps.Count + _outside.Count;
        }

        public void Take(int choice)
        {
            if (choice < _steps.Count)
            {
                Taken.Add(_steps[choice].ToString());
                _steps[choice].Do(Pool);
            }
            else
            {
                Taken.Add(_outside[choice - _steps.Count].Name);
                _outside[choice - _steps.Count].Do();
            }

            _state.Watch(Pool);
        }
    }
}
