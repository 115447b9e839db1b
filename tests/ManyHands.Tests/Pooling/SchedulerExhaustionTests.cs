namespace ManyHands.Tests.Pooling;

/// <summary>A system that has no more processes, threads or descriptors to give.</summary>
public sealed class SchedulerExhaustionTests
{
    private static readonly ResourceExhaustedException _noMore = new(ResourceKind.Processes, "There are no more.");

    [Fact]
    public void While_one_worker_works_it_goes_on_with_fewer_and_tries_again_later()
    {
        bool isExhausted = false;
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { Workers = 4 }) { Started = _ => ThrowIf(isExhausted) };
        pool.Submit("first");
        pool.Ready(pool.Processes[0]);
        isExhausted = true;
        SimulatedItem[] items = [.. Enumerable.Range(0, 10).Select(i => pool.Submit($"t{i}"))];
        pool.Events.OfType<WorkerStartFailed>().Count().ShouldBe(1, "there is a pause after each that fails");
        for (int i = 0; i < 4; i++)
            pool.PassTime();
        pool.Events.OfType<WorkerStartFailed>().Count().ShouldBe(5);
        pool.Scheduler.NextDue.ShouldBe(pool.Now + SimulatedPool.Ordinary.RestartLimit.Window);
        isExhausted = false;
        for (int i = 0; i < 3; i++)
            pool.RunNext(pool.Processes[0].Slots[0]);
        pool.Processes.Count.ShouldBe(1);
        pool.PassTime();
        pool.Processes.Count.ShouldBe(2, "one shows whether there are any again");
        pool.Ready(pool.Processes[1]);
        pool.Processes.Count.ShouldBe(4);
        SchedulerTests.RunAll(pool);
        items.ShouldAllBe(item => item.Task(0).Outcome == TaskOutcome.Succeeded);
    }

    [Fact]
    public void Starts_that_fail_together_are_one_try()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { Workers = 6 });
        SimulatedItem[] items = [.. Enumerable.Range(0, 6).Select(i => pool.Submit($"t{i}"))];
        SimulatedWorker[] burst = [.. pool.Processes];
        burst.Length.ShouldBe(6);
        foreach (SimulatedWorker worker in burst)
            pool.FailStart(worker, _noMore);
        items.ShouldAllBe(item => !item.Task(0).HasEnded, "they wait for the next tries");
        pool.PassTime();
        pool.Ready(pool.Processes.ShouldHaveSingleItem());
        SchedulerTests.RunAll(pool);
        items.ShouldAllBe(item => item.Task(0).Outcome == TaskOutcome.Succeeded);
    }

    [Fact]
    public void Where_no_worker_can_be_started_the_tasks_fail_by_name_and_the_executor_does_not()
    {
        bool isExhausted = true;
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { QueueLimit = 1 }) { Started = _ => ThrowIf(isExhausted) };
        SimulatedItem queued = pool.Submit("queued"), atDoor = pool.Submit("at the door");
        TimeSpan begun = pool.Now;
        for (int i = 0; i < 4; i++)
        {
            queued.Task(0).HasEnded.ShouldBeFalse();
            pool.PassTime();
        }

        queued.Task(0).Error.ShouldBeSameAs(_noMore);
        atDoor.Refusal.ShouldBeSameAs(_noMore);
        (pool.Now - begun).ShouldBeInRange(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1));
        pool.Scheduler.Broken.ShouldBeNull();

        isExhausted = false;
        SimulatedItem later = pool.Submit("later");
        pool.PassTime();
        SchedulerTests.RunAll(pool);
        later.Task(0).Outcome.ShouldBe(TaskOutcome.Succeeded);
    }

    [Fact]
    public void A_worker_that_will_not_take_a_task_is_replaced_and_the_task_is_not_touched()
    {
        int refusals = 1;
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { Workers = 1 }) { Dispatching = _ => ThrowIf(refusals-- > 0) };
        SimulatedItem item = pool.Submit("a");
        SimulatedWorker unwilling = pool.Processes[0];
        pool.Ready(unwilling);
        unwilling.IsKilled.ShouldBeTrue();
        pool.Die(unwilling);
        pool.Events.OfType<WorkerStartFailed>().ShouldHaveSingleItem().Error.ShouldBeSameAs(_noMore);
        pool.PassTime();
        SchedulerTests.RunAll(pool);
        item.Task(0).Runs.ShouldHaveSingleItem().ShouldNotBe(unwilling);
        item.Attempt.ShouldBe(1);
    }

    [Fact]
    public void A_worker_that_will_not_take_another_task_ends_the_one_it_has()
    {
        bool refuses = false;
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { Workers = 1 }, lanes: 2) { Dispatching = _ => ThrowIf(refuses) };
        SimulatedItem running = pool.Submit("running");
        SimulatedWorker worker = pool.Processes[0];
        pool.Ready(worker);
        pool.Begin(worker.Slots.Single(slot => slot.Lane == running.Holder));
        refuses = true;
        SimulatedItem other = pool.Submit("other");
        worker.IsKilled.ShouldBeFalse();
        refuses = false;
        SchedulerTests.RunAll(pool);
        running.Task(0).Outcome.ShouldBe(TaskOutcome.Succeeded);
        pool.PassTime();
        SchedulerTests.RunAll(pool);
        other.Task(0).Runs.ShouldHaveSingleItem().ShouldNotBe(worker);
    }

    [Fact]
    public void Where_there_is_no_clock_and_no_worker_nothing_waits_for_a_time_that_never_comes()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary) { Started = _ => ThrowIf(true) };
        SimulatedItem item = pool.Submit("a");
        pool.TimeStandsStill(_noMore);
        item.Task(0).Error.ShouldBeSameAs(_noMore);
    }

    private static void ThrowIf(bool condition)
    {
        if (condition)
            throw _noMore;
    }
}
