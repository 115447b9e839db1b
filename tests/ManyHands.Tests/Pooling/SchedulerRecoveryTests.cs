using ManyHands.Pooling;

namespace ManyHands.Tests.Pooling;

/// <summary>A broken executor tries again by itself, with a growing pause.</summary>
public sealed class SchedulerRecoveryTests
{
    private static readonly TimeSpan _window = TimeSpan.FromSeconds(10);
    private static readonly SchedulerOptions _options = SimulatedPool.Ordinary with { RestartLimit = new RestartLimit { Failures = 2, Window = _window } };

    [Fact]
    public void One_start_is_tried_after_the_window_though_nobody_asks()
    {
        SimulatedPool pool = Broken();
        pool.Processes.ShouldBeEmpty();
        pool.Scheduler.NextDue.ShouldBe(pool.Now + _window);
        pool.PassTime(_window / 2);
        pool.Processes.ShouldBeEmpty();
        pool.PassTime();
        pool.Processes.Count.ShouldBe(1);
        pool.Scheduler.Broken.ShouldNotBeNull("until it is ready");
    }

    [Fact]
    public void The_pause_doubles_each_time_it_fails_up_to_eight_windows()
    {
        SimulatedPool pool = Broken();
        var pauses = new List<double>();
        for (int i = 0; i < 6; i++)
        {
            TimeSpan before = pool.Now;
            pool.PassTime();
            pauses.Add((pool.Now - before) / _window);
            pool.FailStart(pool.Processes.Single(), new WorkerStartException($"cause {i}"));
        }

        pauses.ShouldBe([1, 2, 4, 8, 8, 8]);
        pool.Scheduler.Broken.ShouldNotBeNull().FailedStarts.ShouldBe(8);
        pool.Scheduler.Broken!.Cause.Message.ShouldBe("cause 5");
        pool.Events.Count(past => past is ExecutorBroken).ShouldBe(1);
    }

    [Fact]
    public void It_is_whole_again_as_soon_as_a_worker_is_ready()
    {
        SimulatedPool pool = Broken();
        TimeSpan brokenAt = pool.Now;
        pool.PassTime();
        pool.Ready(pool.Processes.Single());
        pool.Scheduler.Broken.ShouldBeNull();
        pool.Events.OfType<ExecutorRecovered>().Single().After.ShouldBe(pool.Now - brokenAt);
        SimulatedItem[] items = [pool.Submit("a"), pool.Submit("b")];
        pool.Processes.Count.ShouldBe(2);
        SchedulerTests.RunAll(pool);
        items.ShouldAllBe(item => item.Task(0).Outcome == TaskOutcome.Succeeded);
    }

    [Fact]
    public void Errors_and_the_snapshot_say_when_the_next_try_is()
    {
        SimulatedPool pool = Broken();
        pool.PassTime(TimeSpan.FromSeconds(4));
        Breakdown broken = pool.Scheduler.Broken.ShouldNotBeNull();
        ExecutorBrokenException error = broken.Error(pool.Now);
        error.NextTryIn.ShouldBe(TimeSpan.FromSeconds(6));
        error.Message.ShouldBe(
            "No worker can be started: 2 starts in a row failed, the last one because: simulated It is tried again by itself in 6.0 s; "
            + "until a worker is ready, every submission fails at once. Correct the cause. See Snapshot().Broken and RestartLimit.");
        broken.Snapshot(pool.Now).ShouldBe(new BrokenSnapshot(TimeSpan.FromSeconds(4), broken.Cause, 2, TimeSpan.FromSeconds(6)));
        pool.PassTime();
        pool.PassTime(TimeSpan.FromSeconds(1));
        broken.Error(pool.Now).NextTryIn.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void A_worker_that_is_lost_before_it_has_done_anything_breaks_it_again_and_the_pause_goes_on_growing()
    {
        SimulatedPool pool = Broken();
        pool.PassTime();
        pool.Ready(pool.Processes.Single());
        pool.Die(pool.Processes.Single());
        pool.Scheduler.Broken.ShouldNotBeNull();
        pool.Scheduler.StartAgainAt.ShouldBe(pool.Now + (2 * _window));
        pool.Events.Where(past => past is ExecutorBroken or ExecutorRecovered).Select(past => past.GetType().Name)
            .ShouldBe([nameof(ExecutorBroken), nameof(ExecutorRecovered), nameof(ExecutorBroken)]);
    }

    [Fact]
    public void A_task_that_has_ended_makes_the_next_pause_short_again_and_failures_are_counted_anew()
    {
        SimulatedPool pool = Broken();
        pool.PassTime();
        pool.FailStart(pool.Processes.Single());
        pool.PassTime();
        pool.Ready(pool.Processes.Single());
        pool.Submit("a");
        SchedulerTests.RunAll(pool);
        pool.Die(pool.Processes.Single());
        pool.Scheduler.Broken.ShouldBeNull();
        pool.Submit("b");
        pool.FailStart(pool.Processes.Single());
        pool.Scheduler.Broken.ShouldBeNull();
        pool.FailStart(pool.Processes.Single());
        pool.Scheduler.StartAgainAt.ShouldBe(pool.Now + _window);
    }

    [Fact]
    public void A_worker_that_has_lived_for_a_window_has_shown_that_workers_can_be_used()
    {
        SimulatedPool pool = Broken();
        pool.PassTime();
        pool.Ready(pool.Processes.Single());
        pool.PassTime(_window);
        pool.Die(pool.Processes.Single());
        pool.Scheduler.Broken.ShouldBeNull();
    }

    [Fact]
    public void A_try_that_hangs_ends_at_the_start_limit()
    {
        SimulatedPool pool = Broken(_options with { StartLimit = TimeSpan.FromSeconds(60) });
        pool.PassTime();
        SimulatedWorker hangs = pool.Processes.Single();
        pool.PassTime();
        hangs.IsKilled.ShouldBeTrue();
        pool.Die(hangs);
        pool.Scheduler.StartAgainAt.ShouldBe(pool.Now + (2 * _window));
    }

    [Fact]
    public void A_try_for_which_the_system_has_too_little_is_one_more_that_failed()
    {
        SimulatedPool pool = Broken();
        pool.PassTime();
        pool.FailStart(pool.Processes.Single(), new ResourceExhaustedException(ResourceKind.Processes, "simulated"));
        pool.Scheduler.Broken.ShouldNotBeNull().Cause.ShouldBeOfType<ResourceExhaustedException>();
        pool.PassTime();
        pool.Ready(pool.Processes.Single());
        pool.Scheduler.Broken.ShouldBeNull();
    }

    [Theory]
    [InlineData(CloseMode.Drain)]
    [InlineData(CloseMode.Cancel)]
    [InlineData(CloseMode.Kill)]
    public void Closing_ends_the_tries(CloseMode mode)
    {
        SimulatedPool pool = Broken();
        pool.PassTime();
        pool.Close(mode);
        pool.Processes.Single().IsKilled.ShouldBeTrue();
        pool.Die(pool.Processes.Single());
        pool.IsClosed.ShouldBeTrue();
        pool.PassTime(100 * _window);
        pool.Processes.ShouldBeEmpty();
    }

    [Fact]
    public void Where_the_window_has_no_end_it_is_not_tried_again()
    {
        SimulatedPool pool = Broken(_options with { RestartLimit = new RestartLimit { Failures = 2, Window = Timeout.InfiniteTimeSpan } });
        pool.Scheduler.Broken.ShouldNotBeNull().Error(pool.Now).NextTryIn.ShouldBe(TimeSpan.MaxValue);
        pool.PassTime(SimulatedPool.Far);
        pool.Processes.ShouldBeEmpty();
    }

    [Fact]
    public void Workers_that_start_at_once_recover_too()
    {
        int failures = 3;
        var pool = new SimulatedPool(_options with { CanKill = false }, actsAtOnce: true)
        {
            StartsAtOnce = true,
            Started = _ =>
            {
                if (failures-- > 0)
                    throw new WorkerStartException("for now");
            },
        };
        pool.Submit("a").Task(0).Error.ShouldBeOfType<ExecutorBrokenException>();
        pool.PassTime();
        pool.Scheduler.Broken.ShouldNotBeNull();
        pool.PassTime();
        pool.Scheduler.Broken.ShouldBeNull();
        SimulatedItem item = pool.Submit("b");
        SchedulerTests.RunAll(pool);
        item.Task(0).Outcome.ShouldBe(TaskOutcome.Succeeded);
    }

    private static SimulatedPool Broken(SchedulerOptions? options = null)
    {
        var pool = new SimulatedPool(options ?? _options);
        pool.Submit("first");
        while (pool.Processes.Count > 0)
            pool.FailStart(pool.Processes[0]);
        pool.Scheduler.Broken.ShouldNotBeNull();
        return pool;
    }
}
