using ManyHands.Pooling;

namespace ManyHands.Tests.Pooling;

/// <summary>Losing, failing to start, retiring, closing.</summary>
public sealed class SchedulerWorkersTests
{
    private static readonly SchedulerOptions _one = SimulatedPool.Ordinary with { Workers = 1 };

    [Fact]
    public void A_lost_worker_fails_only_the_task_it_had_begun_and_the_others_go_to_the_head_of_the_queue_in_order()
    {
        var pool = new SimulatedPool(_one) { TaskTime = TimeSpan.FromTicks(1) };
        pool.Submit("warm");
        pool.Ready(pool.Processes[0]);
        pool.RunNext(pool.Processes[0].Slots[0]);
        for (int i = 0; i < 4; i++)
            pool.Submit($"t{i}");
        SimulatedLane lane = pool.Processes[0].Slots[0];
        pool.RunNext(lane);
        pool.Begin(lane);
        pool.Submit("later");
        pool.Dispatched.Clear();
        pool.Die(lane.Worker);

        pool.Items.Single(item => item.Name == "t1").Task(0).Error.ShouldBeOfType<WorkerLostException>().Attempt.ShouldBe(1);
        pool.Scheduler.WorkersLost.ShouldBe(1);
        pool.Ready(pool.Processes.ShouldHaveSingleItem());
        SchedulerTests.RunAll(pool);
        pool.Dispatched.Select(given => given.Item).ShouldBe(["t2", "t3", "later"]);
        pool.Items.Count(item => item.Task(0).Outcome == TaskOutcome.Succeeded).ShouldBe(5);
    }

    [Fact]
    public void A_lost_worker_is_replaced_even_when_nothing_waits()
    {
        var pool = new SimulatedPool(_one);
        pool.Submit("a");
        pool.Ready(pool.Processes[0]);
        SchedulerTests.RunAll(pool);
        pool.Die(pool.Processes[0]);
        pool.Processes.Count.ShouldBe(1);
        pool.Events.OfType<WorkerEnded>().Single().Reason.ShouldBe(WorkerEndReason.Lost);
    }

    [Fact]
    public void A_poison_task_fails_after_three_lost_workers_and_says_so()
    {
        var pool = new SimulatedPool(_one);
        SimulatedItem poison = pool.Submit("poison", new SubmitOptions { Idempotent = true, Retry = new RetryPolicy() });
        SimulatedItem other = pool.Submit("other");
        for (int i = 0; i < 3; i++)
        {
            SimulatedWorker worker = pool.Processes.Single();
            pool.Ready(worker);
            pool.Begin(worker.Slots[0]);
            pool.Die(worker);
        }

        poison.Task(0).Error.ShouldBeOfType<WorkerLostException>().Attempt.ShouldBe(3);
        pool.Scheduler.WorkersLost.ShouldBe(3);
        pool.Ready(pool.Processes.Single());
        SchedulerTests.RunAll(pool);
        other.Task(0).Outcome.ShouldBe(TaskOutcome.Succeeded);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)] // of a map: the others are not touched
    public void A_task_that_was_next_whenever_a_worker_was_lost_fails_although_it_never_said_that_it_had_begun(int count)
    {
        var pool = new SimulatedPool(_one);
        var poison = new SimulatedItem("poison", count: count);
        pool.Submit(poison);
        for (int i = 0; i < 3; i++)
        {
            SimulatedWorker worker = pool.Processes.Single();
            pool.Ready(worker);
            pool.Die(worker);
        }

        poison.Task(0).Error.ShouldBeOfType<WorkerLostException>().Attempt.ShouldBe(3);
        pool.Scheduler.Broken.ShouldBeNull();
        pool.Ready(pool.Processes.Single());
        pool.Submit("other");
        SchedulerTests.RunAll(pool);
        pool.Items.SelectMany(item => Enumerable.Range(0, item.Name == "poison" ? count : 1).Select(item.Task))
            .Count(task => task.Outcome == TaskOutcome.Succeeded).ShouldBe(count);
    }

    [Fact]
    public void Starts_that_keep_failing_break_the_executor_with_the_last_cause()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { QueueLimit = 1 });
        SimulatedItem queued = pool.Submit("queued");
        SimulatedItem atDoor = pool.Submit("at the door");
        for (int i = 1; i <= 5; i++)
        {
            pool.Scheduler.Broken.ShouldBeNull();
            pool.FailStart(pool.Processes.First(worker => !worker.IsKilled), new WorkerStartException($"cause {i}"));
        }

        var broken = queued.Task(0).Error.ShouldBeOfType<ExecutorBrokenException>();
        broken.InnerException!.Message.ShouldBe("cause 5");
        atDoor.Refusal.ShouldBeSameAs(broken);
        SchedulerTests.RunAll(pool);
        pool.Processes.ShouldBeEmpty();
        pool.Close(CloseMode.Drain);
        pool.TimesClosed.ShouldBe(1);
    }

    [Fact]
    public void Starts_that_each_fail_late_break_the_executor_too()
    {
        var pool = new SimulatedPool(_one with { StartLimit = TimeSpan.FromSeconds(60) }) { Started = worker => worker.HangsAtStart = true };
        SimulatedItem item = pool.Submit("a");
        for (int i = 0; i < 5; i++)
        {
            pool.PassTime(TimeSpan.FromSeconds(60));
            pool.Processes.Single().IsKilled.ShouldBeTrue();
            pool.Die(pool.Processes.Single());
        }

        item.Task(0).Error.ShouldBeOfType<ExecutorBrokenException>();
    }

    [Fact]
    public void Failures_that_lie_far_apart_do_not_add_up()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { RestartLimit = new RestartLimit { Failures = 2 } });
        pool.Submit(new SimulatedItem("long") { IsEndless = true });
        pool.Ready(pool.Processes[0]);
        for (int i = 0; i < 5; i++)
        {
            pool.PassTime(TimeSpan.FromSeconds(11));
            SimulatedItem item = pool.Submit($"t{i}");
            pool.FailStart(pool.Processes[1]);
            pool.Processes.Count.ShouldBe(2, "it tries again at once");
            pool.Cancel(item);
            pool.FailStart(pool.Processes[1]);
            pool.PassTime(TimeSpan.FromSeconds(11));
        }

        pool.Scheduler.Broken.ShouldBeNull();
    }

    [Fact]
    public void While_one_worker_lives_there_are_fewer_and_later_starts_are_tried_again_by_themselves()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { RestartLimit = new RestartLimit { Failures = 2 } });
        pool.Submit(new SimulatedItem("long") { IsEndless = true });
        pool.Ready(pool.Processes[0]);
        SimulatedItem waiting = pool.Submit("waiting");
        pool.FailStart(pool.Processes[1]);
        pool.FailStart(pool.Processes[1]);
        pool.Scheduler.Broken.ShouldBeNull();
        pool.Processes.Count.ShouldBe(1);

        pool.Scheduler.NextDue.ShouldBe(pool.Now + TimeSpan.FromSeconds(10));
        pool.PassTime();
        pool.Ready(pool.Processes[1]);
        SchedulerTests.RunAll(pool);
        waiting.Task(0).Outcome.ShouldBe(TaskOutcome.Succeeded);
    }

    [Fact]
    public void Closing_with_drain_ends_when_no_worker_can_be_started()
    {
        var pool = new SimulatedPool(_one);
        SimulatedItem item = pool.Submit("a");
        pool.Close(CloseMode.Drain);
        for (int i = 0; i < 5; i++)
            pool.FailStart(pool.Processes.Single());
        item.Task(0).Error.ShouldBeOfType<ExecutorBrokenException>();
        pool.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void A_worker_that_is_ready_after_it_was_killed_for_being_late_counts_as_one_that_did_not_start()
    {
        var pool = new SimulatedPool(_one with { StartLimit = TimeSpan.FromSeconds(60), RestartLimit = new RestartLimit { Failures = 1 } });
        pool.Submit("a");
        SimulatedWorker late = pool.Processes[0];
        pool.PassTime();
        pool.Ready(late);
        pool.Die(late);
        pool.Scheduler.Broken.ShouldNotBeNull();
        pool.Scheduler.WorkersLost.ShouldBe(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_worker_retires_after_its_number_of_tasks_and_is_replaced_without_a_stall(int tasks)
    {
        var pool = new SimulatedPool(_one with { Retire = new Retirement { AfterTasks = tasks } }) { TaskTime = TimeSpan.FromTicks(1) };
        for (int i = 0; i < 12; i++)
            pool.Submit($"t{i}");
        SchedulerTests.RunAll(pool);
        pool.Scheduler.WorkersRetired.ShouldBe(12 / tasks);
        pool.Dispatched.GroupBy(given => given.Worker).ShouldAllBe(given => given.Count() == tasks);
        pool.Items.ShouldAllBe(item => item.Task(0).Outcome == TaskOutcome.Succeeded);
    }

    [Fact]
    public void A_batch_is_split_where_the_worker_retires()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { Retire = new Retirement { AfterTasks = 3 } });
        var batch = new SimulatedItem("batch", count: 10);
        pool.Submit(batch);
        SchedulerTests.RunAll(pool);
        batch.Tasks.GroupBy(task => task.Runs.ShouldHaveSingleItem()).ShouldAllBe(run => run.Count() <= 3);
    }

    [Fact]
    public void A_worker_that_is_too_old_gives_back_what_it_has_not_begun_and_goes_when_its_task_has_ended()
    {
        var pool = new SimulatedPool(_one with { Retire = new Retirement { AfterAge = TimeSpan.FromMinutes(1) } }) { TaskTime = TimeSpan.FromTicks(1) };
        pool.Submit("warm");
        pool.Ready(pool.Processes[0]);
        SimulatedLane lane = pool.Processes[0].Slots[0];
        pool.RunNext(lane);
        pool.Submit("a");
        pool.Submit("b");
        pool.Submit("c");
        pool.RunNext(lane);
        pool.Begin(lane);
        pool.PassTime();
        lane.Lane.Items.Select(item => item.Name).ShouldBe(["b"]);
        lane.Finish();
        pool.Read(lane);
        lane.Worker.IsAskedToExit.ShouldBeTrue();
        SchedulerTests.RunAll(pool);
        pool.Scheduler.WorkersRetired.ShouldBe(1);
        pool.Items.ShouldAllBe(item => item.Task(0).Outcome == TaskOutcome.Succeeded);
    }

    [Fact]
    public void Idle_time_before_a_task_does_not_retire_a_worker_after_it()
    {
        var pool = new SimulatedPool(_one with { Retire = new Retirement { AfterIdle = TimeSpan.FromSeconds(10), AfterAge = TimeSpan.FromSeconds(60) } });
        pool.Submit("a");
        pool.Ready(pool.Processes[0]);
        SchedulerTests.RunAll(pool);
        pool.PassTime(TimeSpan.FromSeconds(5));
        pool.Submit("b");
        pool.Begin(pool.Processes[0].Slots[0]);
        pool.PassTime(TimeSpan.FromSeconds(20));
        pool.Processes[0].Slots[0].Finish();
        pool.Read(pool.Processes[0].Slots[0]);
        pool.Processes[0].Phase.ShouldBe(WorkerPhase.Ready);
        pool.PassTime();
        pool.Processes[0].Phase.ShouldBe(WorkerPhase.Stopping);
        pool.Scheduler.NextDue.ShouldBe(pool.Now + SimulatedPool.Ordinary.KillAfter);
    }

    [Fact]
    public void A_worker_that_is_above_its_memory_from_the_start_still_runs_a_task()
    {
        var pool = new SimulatedPool(_one with { Retire = new Retirement { AboveBytes = 100 } }) { Started = worker => worker.Resident = 200 };
        SimulatedItem item = pool.Submit("a");
        SchedulerTests.RunAll(pool);
        item.Task(0).Outcome.ShouldBe(TaskOutcome.Succeeded);
        pool.Scheduler.WorkersRetired.ShouldBe(1);
    }

    [Fact]
    public void A_worker_that_dies_while_it_retires_is_lost()
    {
        var pool = new SimulatedPool(_one with { Retire = new Retirement { AfterAge = TimeSpan.FromSeconds(1) } });
        pool.Submit("a");
        pool.Ready(pool.Processes[0]);
        pool.Begin(pool.Processes[0].Slots[0]);
        pool.PassTime();
        pool.Die(pool.Processes[0]);
        pool.Scheduler.WorkersLost.ShouldBe(1);
    }

    [Fact]
    public void A_worker_that_does_not_end_when_it_is_asked_to_is_killed()
    {
        var pool = new SimulatedPool(_one);
        pool.Submit("a");
        pool.Ready(pool.Processes[0]);
        pool.RunNext(pool.Processes[0].Slots[0]);
        pool.Close(CloseMode.Drain);
        pool.Processes[0].IsAskedToExit.ShouldBeTrue();
        pool.PassTime();
        pool.Processes[0].IsKilled.ShouldBeTrue();
        pool.IsClosed.ShouldBeFalse();
        pool.Die(pool.Processes[0]);
        pool.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void A_thread_that_is_stuck_in_its_initializer_is_given_up_when_the_pool_closes()
    {
        var pool = new SimulatedPool(_one with { CanKill = false }, actsAtOnce: true);
        SimulatedItem item = pool.Submit("a");
        pool.Close(CloseMode.Cancel);
        item.Task(0).Error.ShouldBeOfType<ObjectDisposedException>();
        pool.IsClosed.ShouldBeFalse("the initializer may end yet");
        SimulatedWorker stuck = pool.Processes[0];
        pool.PassTime();
        pool.IsClosed.ShouldBeTrue();
        pool.Scheduler.Abandoned.ShouldBe(1);
        pool.Scheduler.StartFailed(stuck, new WorkerStartException("too late"), pool.Now);
        pool.Scheduler.Actions.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(CloseMode.Cancel)]
    [InlineData(CloseMode.Kill)]
    public void Closing_again_more_strictly_is_heard(CloseMode mode)
    {
        var pool = new SimulatedPool(_one);
        var item = new SimulatedItem("deaf", takesToken: true) { IgnoresCancellation = true, IsEndless = true };
        pool.Submit(item);
        SimulatedItem queued = pool.Submit("queued");
        pool.Ready(pool.Processes[0]);
        pool.Begin(pool.Processes[0].Slots[0]);
        pool.Close(CloseMode.Drain);
        pool.Close(mode);
        queued.Task(0).Error.ShouldBeOfType<ObjectDisposedException>();
        pool.Processes[0].IsKilled.ShouldBe(mode == CloseMode.Kill);
        if (mode == CloseMode.Cancel)
            pool.PassTime();
        pool.Die(pool.Processes[0]);
        item.Task(0).Error.ShouldBeOfType<ObjectDisposedException>();
        pool.IsClosed.ShouldBeTrue();
    }
}
