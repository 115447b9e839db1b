using ManyHands.Pooling;

namespace ManyHands.Tests.Pooling;

/// <summary>Spares that wait for somebody to be missing, and successors of those who will retire.</summary>
public sealed class SchedulerSparesTests
{
    private static readonly SchedulerOptions _oneAndASpare = SimulatedPool.Ordinary with { Workers = 1, WarmSpares = 1 };

    [Fact]
    public void A_spare_is_started_once_the_first_worker_is_ready_and_gets_no_task()
    {
        var pool = new SimulatedPool(_oneAndASpare);
        pool.Submit("a");
        pool.Submit("b");
        pool.Processes.Count.ShouldBe(1, "who is waited for comes first");
        pool.Ready(pool.Processes[0]);
        SimulatedWorker spare = pool.Processes[1];
        pool.Ready(spare);
        pool.Submit("c");
        pool.Dispatched.ShouldAllBe(given => given.Worker == pool.Processes[0]);
        (spare.Role, spare.IsEmpty).ShouldBe((WorkerRole.Spare, true));
    }

    [Fact]
    public void A_spare_steps_in_at_once_for_a_lost_worker_and_is_replaced_itself()
    {
        SimulatedPool pool = WithSpare(_oneAndASpare, out SimulatedWorker worker, out SimulatedWorker spare);
        SimulatedItem victim = pool.Submit("victim");
        SimulatedItem next = pool.Submit("next");
        pool.Begin(worker.Slots[0]);
        pool.Die(worker);
        victim.Task(0).Error.ShouldBeOfType<WorkerLostException>();
        next.Holder.ShouldBe(spare.Lanes[0], "no start lies in between");
        pool.Processes.Count.ShouldBe(2);
        pool.Processes[1].Role.ShouldBe(WorkerRole.Spare);
    }

    [Fact]
    public void A_spare_that_is_still_starting_steps_in_and_serves_when_it_is_ready()
    {
        var pool = new SimulatedPool(_oneAndASpare);
        pool.Submit("a");
        pool.Ready(pool.Processes[0]);
        SimulatedWorker spare = pool.Processes[1];
        pool.Die(pool.Processes[0]);
        spare.Role.ShouldBe(WorkerRole.Serving);
        pool.Processes.Count.ShouldBe(1, "the next spare waits until somebody works");
        pool.Ready(spare);
        pool.Dispatched[^1].ShouldBe((spare, "a"));
        pool.Processes.Count.ShouldBe(2);
    }

    [Fact]
    public void A_spare_steps_in_where_a_worker_has_not_been_started_yet()
    {
        SimulatedPool pool = WithSpare(_oneAndASpare with { Workers = 2 }, out SimulatedWorker worker, out SimulatedWorker spare);
        SimulatedItem first = pool.Submit("first"), second = pool.Submit("second");
        first.Holder.ShouldBe(worker.Lanes[0]);
        second.Holder.ShouldBe(spare.Lanes[0]);
    }

    [Fact]
    public void An_idle_spare_that_dies_is_replaced_within_the_restart_limit()
    {
        SimulatedPool pool = WithSpare(_oneAndASpare with { RestartLimit = new RestartLimit { Failures = 3 } }, out SimulatedWorker worker, out SimulatedWorker spare);
        for (int i = 0; i < 3; i++)
        {
            pool.Die(spare);
            if (i == 2)
                break;
            spare = pool.Processes[1];
            spare.Role.ShouldBe(WorkerRole.Spare);
            pool.Ready(spare);
        }

        pool.Processes.ShouldBe([worker], "three have died for nothing");
        pool.Scheduler.Broken.ShouldBeNull();
        pool.PassTime();
        pool.Processes.Count.ShouldBe(2);
    }

    [Fact]
    public void Idle_workers_that_die_again_and_again_break_the_executor_although_each_was_ready()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { Workers = 1, RestartLimit = new RestartLimit { Failures = 3 } });
        SimulatedItem item = pool.Submit("a");
        pool.Ready(pool.Processes[0]);
        pool.RunNext(pool.Processes[0].Slots[0]);
        for (int i = 0; i < 4; i++)
        {
            pool.Scheduler.Broken.ShouldBeNull("the first one had done something");
            pool.Die(pool.Processes.Single());
            if (pool.Processes.Count > 0)
                pool.Ready(pool.Processes.Single());
        }

        item.Task(0).Outcome.ShouldBe(TaskOutcome.Succeeded);
        pool.Scheduler.Broken.ShouldNotBeNull().Cause.Message.ShouldContain("ended before it had done anything");
        pool.Scheduler.WorkersLost.ShouldBe(4);
    }

    [Fact]
    public void Starts_that_fail_beside_a_worker_that_ends_task_after_task_are_counted_all_the_same()
    {
        SimulatedPool pool = WithSpare(_oneAndASpare with { RestartLimit = new RestartLimit { Failures = 3 } }, out SimulatedWorker worker, out SimulatedWorker spare);
        pool.Die(spare);
        for (int i = 0; i < 2; i++)
        {
            pool.Submit($"t{i}");
            pool.RunNext(worker.Slots[0]);
            pool.FailStart(pool.Processes[1]);
        }

        pool.Processes.ShouldBe([worker]);
    }

    [Fact]
    public void A_worker_that_missed_its_start_limit_says_so()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { StartLimit = TimeSpan.FromSeconds(7), RestartLimit = new RestartLimit { Failures = 1 } });
        SimulatedItem item = pool.Submit("a");
        pool.PassTime();
        pool.FailStart(pool.Processes[0], new WorkerStartException("It slept."));
        item.Task(0).Error.ShouldBeOfType<ExecutorBrokenException>().InnerException.ShouldBeOfType<WorkerStartException>().Message.ShouldBe(
            "Worker 1 was not ready within the StartLimit of 00:00:07, so it was killed. It slept.");
    }

    [Theory]
    [InlineData(CloseMode.Drain)]
    [InlineData(CloseMode.Kill)]
    public void Closing_ends_spares_too(CloseMode mode)
    {
        SimulatedPool pool = WithSpare(_oneAndASpare, out _, out SimulatedWorker spare);
        pool.Close(mode);
        (spare.IsAskedToExit || spare.IsKilled).ShouldBeTrue();
        SchedulerTests.RunAll(pool);
        pool.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void Who_retires_has_a_successor_before_its_last_task_has_ended()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { Workers = 1, Retire = new Retirement { AfterTasks = 2 } });
        for (int i = 0; i < 5; i++)
            pool.Submit($"t{i}");
        SimulatedWorker first = pool.Processes.Single();
        pool.Ready(first);
        pool.Processes.Count.ShouldBe(1, "it has two tasks left");
        pool.RunNext(first.Slots[0]);
        SimulatedWorker second = pool.Processes[1];
        pool.Ready(second);
        second.IsEmpty.ShouldBeTrue("one worker is asked for, so two never run at once");
        pool.RunNext(first.Slots[0]);
        first.IsAskedToExit.ShouldBeTrue();
        pool.Dispatched[^1].ShouldBe((second, "t2"), "the first is not gone yet");
    }

    [Fact]
    public void A_successor_is_started_twice_as_long_before_as_a_start_takes()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { Workers = 1, Retire = new Retirement { AfterTasks = 1000 } })
        {
            TaskTime = TimeSpan.FromSeconds(1),
        };
        pool.Submit("first");
        pool.PassTime(TimeSpan.FromSeconds(100));
        SimulatedWorker worker = pool.Processes.Single();
        pool.Ready(worker);
        pool.RunNext(worker.Slots[0]);
        for (int i = 1; pool.Processes.Count == 1; i++)
        {
            i.ShouldBeLessThan(1000);
            pool.Submit($"t{i}");
            pool.RunNext(worker.Slots[0]);
        }

        worker.Tasks.ShouldBe(800);
    }

    [Fact]
    public void A_worker_that_grows_old_has_a_successor_and_one_that_nobody_needed_has_none()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { Workers = 1, Retire = new Retirement { AfterAge = TimeSpan.FromMinutes(1) } });
        pool.Submit("a");
        pool.PassTime(TimeSpan.FromSeconds(2));
        SimulatedWorker old = pool.Processes.Single();
        pool.Ready(old);
        pool.RunNext(old.Slots[0]);
        pool.PassTime(TimeSpan.FromSeconds(58));
        SimulatedWorker successor = pool.Processes[1];
        pool.Ready(successor);
        old.IsAskedToExit.ShouldBeFalse();
        pool.PassTime(TimeSpan.FromSeconds(2));
        old.IsAskedToExit.ShouldBeTrue();
        successor.Role.ShouldBe(WorkerRole.Serving);
        pool.Die(old);
        pool.PassTime(TimeSpan.FromMinutes(1));
        successor.IsAskedToExit.ShouldBeTrue("its age counts from when it stepped in");
        pool.Die(successor);
        pool.Processes.ShouldBeEmpty("it never ran a task");
    }

    [Fact]
    public void A_successor_whose_predecessor_went_because_it_was_idle_takes_its_place()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with
        {
            Workers = 1,
            Retire = new Retirement { AfterTasks = 2, AfterIdle = TimeSpan.FromSeconds(10) },
        });
        pool.Submit("a");
        pool.PassTime(TimeSpan.FromSeconds(1));
        SimulatedWorker worker = pool.Processes.Single();
        pool.TaskTime = TimeSpan.FromSeconds(1);
        pool.Ready(worker);
        pool.RunNext(worker.Slots[0]);
        pool.Submit("b");
        pool.Cancel(pool.Items[^1]); // taken back before it began, so one task is left and the successor is there
        pool.Ready(pool.Processes[1]);
        pool.PassTime(TimeSpan.FromSeconds(10));
        worker.IsAskedToExit.ShouldBeTrue();
        pool.Processes[1].Role.ShouldBe(WorkerRole.Serving);
        pool.PassTime(TimeSpan.FromSeconds(10));
        pool.Processes[1].IsAskedToExit.ShouldBeTrue();
    }

    private static SimulatedPool WithSpare(SchedulerOptions options, out SimulatedWorker worker, out SimulatedWorker spare)
    {
        var pool = new SimulatedPool(options);
        pool.Submit("first");
        worker = pool.Processes.Single();
        pool.Ready(worker);
        pool.RunNext(worker.Slots[0]);
        spare = pool.Processes[1];
        pool.Ready(spare);
        return pool;
    }
}
