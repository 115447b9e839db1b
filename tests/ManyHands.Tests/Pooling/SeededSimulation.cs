using ManyHands.Pooling;

namespace ManyHands.Tests.Pooling;

/// <summary>One pool and its life, both decided by a seed.</summary>
internal sealed class SeededSimulation
{
    private const int MaxSteps = 20_000;

    private readonly Random _random;
    private readonly SimulatedPool _pool;
    private readonly List<SimulatedStep> _steps = [];
    private readonly List<string> _taken = [];
    private readonly bool _isThreads;
    private readonly bool _startsFail;
    private int _submissions;

    public SeededSimulation(int seed)
    {
        _random = new Random(seed);
        _isThreads = Chance(0.25);
        _startsFail = Chance(0.2);
        bool prefetches = !_isThreads && Chance(0.6);
        SchedulerOptions options = SimulatedPool.Ordinary with
        {
            Workers = _random.Next(1, 4),
            WarmSpares = !_isThreads && Chance(0.3) ? _random.Next(1, 3) : 0,
            QueueLimit = Chance(0.5) ? _random.Next(1, 5) : 10_000,
            QueueBytes = Chance(0.2) ? 100 : 1 << 20,
            CanKill = !_isThreads,
            CanPrefetch = prefetches,
            KillAfter = Chance(0.1) ? TimeSpan.Zero : TimeSpan.FromSeconds(5),
            StartLimit = TimeSpan.FromSeconds(60),
            RestartLimit = new RestartLimit { Failures = _random.Next(2, 6) },
            HeartbeatLimit = !_isThreads && Chance(0.3) ? TimeSpan.FromSeconds(_random.Next(1, 60)) : null,
            MemoryLimit = !_isThreads && Chance(0.2) ? 180 : null,
            Retire = !_isThreads && Chance(0.4) ? Retirement() : new Retirement(),
        };
        _pool = new SimulatedPool(options, lanes: _isThreads ? 1 : _random.Next(1, 3), takesBack: prefetches || _isThreads, actsAtOnce: _isThreads)
        {
            TaskTime = TimeSpan.FromTicks(_random.Next(3) switch { 0 => 0, 1 => 1, _ => 100_000 }),
            StartsAtOnce = _isThreads && Chance(0.7),
            Dispatching = _ => ThrowAtTimes(0.02),
            Started = worker =>
            {
                ThrowAtTimes(0.1);
                worker.HangsAtStart = _startsFail && Chance(0.2);
                worker.Resident = _random.Next(200);
            },
        };
    }

    public void Run()
    {
        try
        {
            int events = _random.Next(20, 150);
            for (int i = 0; i < events; i++)
                TakeOne();
            if (Chance(0.7))
                ComeToRest();
            if (_pool.Closing is null)
                Close();
            ComeToRest();
        }
        catch (Exception error)
        {
            throw new ShouldAssertException($"{error.Message} The last steps: {string.Join(", ", _taken.TakeLast(40))}", error);
        }
    }

    private void TakeOne()
    {
        switch (_random.Next(100))
        {
            case < 22:
                Submit();
                break;
            case < 27 when _pool.Items.Count > 0:
                Cancel(_pool.Items[_random.Next(_pool.Items.Count)]);
                break;
            case < 29 when !_isThreads && _pool.Processes.Count > 0:
                SimulatedWorker victim = _pool.Processes[_random.Next(_pool.Processes.Count)];
                _taken.Add($"Kill {victim.Number}");
                _pool.Die(victim);
                break;
            case < 31 when !_isThreads && _pool.Processes.Count > 0:
                StopOrResume(_pool.Processes[_random.Next(_pool.Processes.Count)]);
                break;
            case < 32:
                Stall();
                break;
            case < 35 when _startsFail && _pool.Processes.Find(worker => !worker.HasReportedReady) is { } starting:
                _taken.Add($"FailStart {starting.Number}");
                _pool.FailStart(starting, Chance(0.5) ? new ResourceExhaustedException(ResourceKind.Processes, "simulated") : null);
                break;
            case < 36 when Chance(0.3):
                Close();
                break;
            default:
                TakeStep();
                break;
        }
    }

    /// <summary>Lets everything happen that can, until nothing can any more.</summary>
    private void ComeToRest()
    {
        for (int i = 0; i < MaxSteps; i++)
        {
            if (TakeStep())
                continue;
            if (_pool.Items.Find(item => item.IsEndless && item.CancelReason == CancelReason.None && !item.Tasks.All(task => task.HasEnded)) is { } endless)
            {
                Cancel(endless);
                if (endless.Parts.Any(part => part.CancelReason != CancelReason.None))
                    continue;
            }

            new SchedulerRules(_pool).CheckAtRest();
            return;
        }

        throw new ShouldAssertException("It does not come to rest.");
    }

    private bool TakeStep()
    {
        _steps.Clear();
        SimulatedStep.AddPossible(_pool, _steps);
        if (_steps.Count == 0)
            return false;
        SimulatedStep step = _steps[_random.Next(_steps.Count)];
        _taken.Add(step.ToString());
        step.Do(_pool);
        return true;
    }

    private void Submit()
    {
        if (_pool.Closing is not null || _pool.Scheduler.Broken is not null)
            return;
        int count = Chance(0.3) ? _random.Next(2, 13) : 1;
        bool retried = count == 1 && Chance(0.3);
        var options = new SubmitOptions
        {
            Timeout = count == 1 && Chance(0.2) ? TimeSpan.FromSeconds(_random.Next(1, 8)) : null,
            Idempotent = retried,
            Retry = retried ? new RetryPolicy { Attempts = _random.Next(1, 4), Delay = Chance(0.4) ? TimeSpan.FromSeconds(_random.Next(1, 20)) : TimeSpan.Zero } : null,
        };
        var item = new SimulatedItem($"t{++_submissions}", options, count, takesToken: Chance(0.5))
        {
            IgnoresCancellation = Chance(0.3),
            IsEndless = Chance(0.05),
            KillsItsWorker = !_isThreads && Chance(0.05),
            BytesOfOne = Chance(0.3) ? _random.Next(60) : 0,
        };
        bool mayWait = Chance(0.8);
        if (_isThreads && Chance(0.6) && RunningItem() is { } outer)
            (item.IsInner, item.AwaitedBy) = (true, Chance(0.7) ? outer : null);
        _taken.Add($"Submit {item.Name} of {count}{(options.Timeout is null ? "" : " with timeout")}{(item.TakesToken ? " with token" : "")}{(item.AwaitedBy is { } waiting ? $" for {waiting.Name}" : "")}");
        _pool.Submit(item, mayWait);
    }

    private SimulatedItem? RunningItem()
    {
        SimulatedLane[] busy = [.. _pool.Processes.SelectMany(worker => worker.Slots).Where(lane => lane.Running is not null)];
        return busy.Length > 0 ? busy[_random.Next(busy.Length)].Running!.Value.Item : null;
    }

    private void Cancel(SimulatedItem item)
    {
        _taken.Add($"Cancel {item.Name}");
        _pool.Cancel(item);
    }

    // Nobody finds out in a pool without a heartbeat, so there it would never come to rest.
    private void StopOrResume(SimulatedWorker worker)
    {
        if (_pool.Options.HeartbeatLimit is null)
            return;
        _taken.Add($"{(worker.IsStopped ? "Resume" : "Stop")} {worker.Number}");
        if (worker.IsStopped)
            worker.Resume();
        else
            worker.IsStopped = true;
    }

    /// <summary>Nothing of this process runs for a while.</summary>
    private void Stall()
    {
        var time = TimeSpan.FromSeconds(_random.Next(1, 200));
        _taken.Add($"Stall {time}");
        _pool.PassTime(time);
    }

    private void Close()
    {
        var mode = (CloseMode)_random.Next(3);
        _taken.Add($"Close {mode}");
        _pool.Close(mode);
    }

    private Retirement Retirement() => new()
    {
        AfterTasks = Chance(0.5) ? _random.Next(1, 6) : null,
        AfterAge = Chance(0.3) ? TimeSpan.FromSeconds(_random.Next(1, 30)) : null,
        AfterIdle = Chance(0.3) ? TimeSpan.FromSeconds(_random.Next(1, 30)) : null,
        AboveBytes = Chance(0.3) ? 100 : null,
    };

    private void ThrowAtTimes(double chance)
    {
        if (_startsFail && Chance(chance))
            throw new ResourceExhaustedException(ResourceKind.Threads, "simulated");
    }

    private bool Chance(double chance) => _random.NextDouble() < chance;
}
