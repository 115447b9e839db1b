using ManyHands.Pooling;

namespace ManyHands.Tests.Pooling;

/// <summary>Workers that do not answer, and workers that are too big.</summary>
public sealed class SchedulerWatchTests
{
    private static readonly SchedulerOptions _heard = SimulatedPool.Ordinary with { HeartbeatLimit = TimeSpan.FromSeconds(20) };

    [Fact]
    public void A_busy_worker_that_is_stopped_is_killed_after_its_time_and_only_what_it_had_begun_is_lost()
    {
        var pool = new SimulatedPool(_heard with { Workers = 1 }) { TaskTime = TimeSpan.FromTicks(1) };
        pool.Submit("warm");
        SimulatedWorker worker = pool.Processes[0];
        pool.Ready(worker);
        pool.RunNext(worker.Slots[0]);
        SimulatedItem first = pool.Submit("first"), begun = pool.Submit("begun");
        SimulatedItem behind = pool.Submit("behind");
        pool.RunNext(worker.Slots[0]);
        pool.Begin(worker.Slots[0]);
        worker.IsStopped = true;
        TimeSpan stopped = pool.Now;
        while (!worker.IsKilled)
            pool.PassTime();
        (pool.Now - stopped).ShouldBeInRange(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(25));
        behind.Holder.ShouldBeOfType<WorkQueue>("it had not begun");
        pool.Die(worker);
        pool.Scheduler.WorkersLost.ShouldBe(1);
        first.Task(0).Outcome.ShouldBe(TaskOutcome.Succeeded);
        begun.Task(0).Error.ShouldBeOfType<WorkerLostException>();
        pool.Ready(pool.Processes.Single());
        SchedulerTests.RunAll(pool);
        behind.Task(0).Outcome.ShouldBe(TaskOutcome.Succeeded);
    }

    [Fact]
    public void An_idle_worker_and_a_spare_are_watched_too()
    {
        var pool = new SimulatedPool(_heard with { Workers = 1, WarmSpares = 1 });
        pool.Submit("a");
        pool.Ready(pool.Processes[0]);
        pool.RunNext(pool.Processes[0].Slots[0]);
        pool.Ready(pool.Processes[1]);
        foreach (SimulatedWorker worker in pool.Processes.ToArray())
        {
            worker.IsStopped = true;
            while (!worker.IsKilled)
                pool.PassTime();
            worker.KilledFor.ShouldBe(KillCause.Hung);
            pool.Die(worker);
        }

        pool.Ready(pool.Processes.Single());
        pool.Processes.Count.ShouldBe(2);
    }

    [Fact]
    public void Time_in_which_nobody_looked_is_not_counted()
    {
        SimulatedPool pool = Running(_heard, out SimulatedWorker worker);
        pool.PassTime();
        worker.IsStopped = true;
        pool.PassTime();
        worker.OwesAnAnswer.ShouldBeTrue();
        for (int i = 0; i < 10; i++)
            pool.PassTime(TimeSpan.FromMinutes(1)); // this process was stopped
        worker.IsKilled.ShouldBeFalse();
        worker.Resume();
        pool.PassTime();
        worker.Silence.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Who_answers_is_asked_every_few_seconds_and_a_limit_of_none_asks_nobody()
    {
        SimulatedPool pool = Running(_heard with { HeartbeatLimit = TimeSpan.FromHours(1) }, out _);
        pool.Scheduler.NextDue.ShouldBe(pool.Now + TimeSpan.FromSeconds(5));
        SimulatedPool deaf = Running(_heard with { HeartbeatLimit = null }, out _);
        deaf.Scheduler.NextDue.ShouldBeGreaterThan(deaf.Now + TimeSpan.FromDays(1));
    }

    [Fact]
    public void Nobody_is_woken_when_no_worker_is_left()
    {
        var pool = new SimulatedPool(_heard with { Workers = 1, Retire = new Retirement { AfterIdle = TimeSpan.FromSeconds(1) } });
        pool.Submit("a");
        pool.Ready(pool.Processes[0]);
        pool.RunNext(pool.Processes[0].Slots[0]);
        pool.PassTime();
        pool.Die(pool.Processes[0]);
        pool.PassTime();
        pool.Scheduler.NextDue.ShouldBe(TimeSpan.MaxValue);
    }

    [Fact]
    public void A_busy_worker_that_is_too_big_is_killed_and_an_idle_one_is_left_alone()
    {
        SimulatedPool pool = Running(SimulatedPool.Ordinary with { Workers = 1, MemoryLimit = 1000 }, out SimulatedWorker worker);
        SchedulerTests.RunAll(pool);
        worker.Resident = 2000;
        pool.PassTime();
        worker.IsKilled.ShouldBeFalse("it has nothing to lose");
        worker.Resident = 500;
        SimulatedItem hog = pool.Submit("hog"), behind = pool.Submit("behind");
        pool.Begin(worker.Slots[0]);
        pool.PassTime();
        worker.IsKilled.ShouldBeFalse();
        worker.Resident = 1001;
        pool.PassTime();
        (worker.IsKilled, worker.KilledFor, worker.SeenBytes).ShouldBe((true, KillCause.OutOfMemory, 1001));
        pool.Die(worker);
        hog.Task(0).Error.ShouldBeOfType<WorkerLostException>();
        pool.Ready(pool.Processes.Single());
        SchedulerTests.RunAll(pool);
        behind.Task(0).Outcome.ShouldBe(TaskOutcome.Succeeded);
    }

    [Fact]
    public void A_worker_that_a_task_left_too_big_retires_before_the_next_task_suffers_for_it()
    {
        SimulatedPool pool = Running(SimulatedPool.Ordinary with { Workers = 1, MemoryLimit = 1000 }, out SimulatedWorker worker);
        worker.Resident = 1001;
        SchedulerTests.RunAll(pool);
        pool.Submit("next");
        pool.Dispatched[^1].Worker.ShouldNotBe(worker);
        pool.Scheduler.WorkersRetired.ShouldBe(1);
    }

    [Fact]
    public void A_worker_whose_work_ran_out_of_memory_retires_after_it()
    {
        SimulatedPool pool = Running(SimulatedPool.Ordinary with { Workers = 1 }, out SimulatedWorker worker);
        pool.Items[0].RanOutOfMemory = true;
        worker.Slots[0].Finish();
        pool.Read(worker.Slots[0]);
        worker.IsAskedToExit.ShouldBeTrue();
        worker.EndReason.ShouldBe(WorkerEndReason.Retired);
        pool.Processes.Count.ShouldBe(2, "its successor is on the way");
    }

    /// <summary>A worker is running a task.</summary>
    private static SimulatedPool Running(SchedulerOptions options, out SimulatedWorker worker)
    {
        var pool = new SimulatedPool(options);
        pool.Submit("running");
        worker = pool.Processes[0];
        pool.Ready(worker);
        pool.Begin(worker.Slots[0]);
        return pool;
    }
}
