using ManyHands.Pooling;

namespace ManyHands.Tests.Pooling;

/// <summary>What changes while it runs: the number of workers, and whose the queued items are.</summary>
public sealed class SchedulerAdaptingTests
{
    [Fact]
    public void More_workers_are_started_while_something_waits_for_them()
    {
        SimulatedPool pool = Busy(tasks: 5);
        pool.SetLimit(4);
        pool.Processes.Count.ShouldBe(4);
        pool.SetLimit(100);
        pool.Processes.Count.ShouldBe(5); // one for each task
    }

    [Fact]
    public void Workers_that_are_too_many_go_when_they_have_ended_what_they_are_at()
    {
        SimulatedPool pool = Busy(tasks: 5);
        pool.SetLimit(1);
        pool.Processes.Count.ShouldBe(2);
        SimulatedWorker first = pool.Processes[0];
        pool.RunNext(first.Slots[0]);
        pool.Scheduler.Workers.Single(worker => worker.Phase == WorkerPhase.Ready).ShouldNotBe(first);
        SchedulerTests.RunAll(pool);
        pool.Items.ShouldAllBe(item => item.Task(0).Outcome == TaskOutcome.Succeeded);
        pool.Scheduler.Workers.Count(worker => worker.Phase == WorkerPhase.Ready).ShouldBe(1);
    }

    [Fact]
    public void Idle_workers_that_are_too_many_go_at_once()
    {
        SimulatedPool pool = Busy(tasks: 2);
        SchedulerTests.RunAll(pool);
        pool.SetLimit(1);
        pool.Scheduler.Workers.Count(worker => worker.Phase == WorkerPhase.Ready).ShouldBe(1);
    }

    [Fact]
    public void What_is_withdrawn_is_nobodys_and_what_a_worker_has_stays()
    {
        SimulatedPool pool = Busy(tasks: 5);
        List<WorkItem> taken = pool.Withdraw(item => item.Name is "t1" or "t3" or "t4");
        taken.Select(item => item.Name).ShouldBe(["t3", "t4"]);
        taken.ShouldAllBe(item => item.Holder == null);
        pool.Scheduler.Queued.ShouldBe(1);
    }

    [Fact]
    public void What_waits_at_the_door_of_a_full_queue_is_let_in_when_others_are_withdrawn()
    {
        SimulatedPool pool = Busy(tasks: 5, SimulatedPool.Ordinary with { QueueLimit = 2 });
        pool.Scheduler.Queued.ShouldBe(3);
        pool.Withdraw(item => item.Name == "t2").Count.ShouldBe(1);
        pool.Submit("late").ShouldNotBeNull();
        pool.Withdraw(_ => true).Select(item => item.Name).ShouldBe(["t3", "t4", "late"]);
    }

    private static SimulatedPool Busy(int tasks, SchedulerOptions? options = null)
    {
        var pool = new SimulatedPool(options ?? SimulatedPool.Ordinary);
        for (int i = 0; i < tasks; i++)
            pool.Submit($"t{i}");
        foreach (SimulatedWorker worker in pool.Processes.ToArray())
            pool.Ready(worker);
        return pool;
    }
}
