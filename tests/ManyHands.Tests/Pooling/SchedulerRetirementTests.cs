using ManyHands.Pooling;

namespace ManyHands.Tests.Pooling;

/// <summary>Workers that retire all the time: whether the next one is ready, and what is said about the cost.</summary>
public sealed class SchedulerRetirementTests
{
    private static readonly TimeSpan _start = TimeSpan.FromSeconds(60);
    private static readonly SchedulerOptions _one = SimulatedPool.Ordinary with { Workers = 1 };

    [Theory]
    [InlineData(100, 1)]
    [InlineData(25, 2)] // 3 tasks take 75 s, and a start 60: with two on their way one is ready in time
    [InlineData(10, 2)]
    [InlineData(7, 3)]
    [InlineData(1, 4)] // no more than there are cores
    public void As_many_successors_are_on_their_way_as_keep_one_ready(int secondsOfTask, int successors)
    {
        SimulatedPool pool = Retiring(afterTasks: 3, TimeSpan.FromSeconds(secondsOfTask));
        for (int i = 0; i < 30; i++)
            pool.Submit($"t{i}");
        pool.PassTime(_start);
        pool.Ready(pool.Processes[0]);
        pool.RunNext(pool.Processes[0].Slots[0]);
        pool.RunNext(pool.Processes[0].Slots[0]);
        pool.Processes.Count(worker => worker.Role == WorkerRole.Spare).ShouldBeLessThanOrEqualTo(successors);
        pool.Scheduler.Successors.ShouldBe(Math.Max(1, (int)Math.Ceiling(60.0 / (3 * secondsOfTask))) is var wanted && wanted > 4 ? 4 : wanted);
    }

    [Fact]
    public void A_worker_is_ready_whenever_one_retires_though_a_start_takes_three_times_as_long_as_a_worker_lives()
    {
        SimulatedPool pool = Retiring(afterTasks: 2, TimeSpan.FromSeconds(10));
        for (int i = 0; i < 60; i++)
            pool.Submit($"t{i}");
        var startedAt = new Dictionary<SimulatedWorker, TimeSpan>();
        int stalls = 0;
        while (pool.Items.Exists(item => !item.Task(0).HasEnded))
        {
            foreach (SimulatedWorker worker in pool.Processes.ToArray())
            {
                startedAt.TryAdd(worker, pool.Now);
                if (worker.IsAskedToExit)
                    pool.Die(worker);
                else if (!worker.HasReportedReady && pool.Now - startedAt[worker] >= _start)
                    pool.Ready(worker);
            }

            pool.PassTime(TimeSpan.FromSeconds(10));
            SimulatedWorker? busy = pool.Processes.Find(worker => !worker.IsEmpty);
            stalls += busy is null && pool.Items.Count(item => item.Task(0).HasEnded) > 12 ? 1 : 0;
            if (busy is not null)
                pool.RunNext(busy.Slots[0]);
        }

        pool.Dispatched.GroupBy(given => given.Worker).ShouldAllBe(given => given.Count() == 2);
        stalls.ShouldBeLessThan(12, "with one on its way at a time there were five in eight turns: some 100");
    }

    [Fact]
    public void What_grows_towards_its_memory_has_a_successor_before_it_is_there()
    {
        var pool = new SimulatedPool(_one with { Retire = new Retirement { AboveBytes = 800 } });
        SimulatedWorker worker = Worked(pool, resident: 600);
        pool.Processes.Count.ShouldBe(1);
        Worked(pool, resident: 750).ShouldBe(worker);
        SimulatedWorker successor = pool.Processes[1];
        successor.Role.ShouldBe(WorkerRole.Spare);
        pool.Ready(successor);
        Worked(pool, resident: 810).ShouldBe(worker);
        worker.IsAskedToExit.ShouldBeTrue();
        successor.Role.ShouldBe(WorkerRole.Serving);
    }

    [Fact]
    public void Retirement_that_costs_more_than_the_work_is_counted_and_said_once()
    {
        SimulatedPool pool = Retiring(afterTasks: 1, TimeSpan.FromSeconds(1));
        RunSlowly(pool, tasks: 20);
        RetirementCost cost = pool.Scheduler.RetirementCost;
        cost.ExceedsWork.ShouldBeTrue();
        cost.Working.ShouldBe(TimeSpan.FromSeconds(cost.Workers));
        cost.Starting.ShouldBe(_start * cost.Workers);
        RetirementCost said = pool.Events.OfType<RetirementExceedsWork>().Single().Recent;
        (said.Workers, said.Working).ShouldBe((8, TimeSpan.FromSeconds(8)));
    }

    [Fact]
    public void Retirement_that_costs_less_than_the_work_is_counted_and_not_complained_about()
    {
        SimulatedPool pool = Retiring(afterTasks: 1, TimeSpan.FromSeconds(100));
        RunSlowly(pool, tasks: 20);
        pool.Scheduler.RetirementCost.Workers.ShouldBeGreaterThan(10);
        pool.Scheduler.RetirementCost.ExceedsWork.ShouldBeFalse();
        pool.Events.OfType<RetirementExceedsWork>().ShouldBeEmpty();
    }

    private static SimulatedPool Retiring(int afterTasks, TimeSpan task) =>
        new(_one with { Retire = new Retirement { AfterTasks = afterTasks } }) { TaskTime = task };

    /// <summary>Runs tasks one by one; every start takes the same time.</summary>
    private static void RunSlowly(SimulatedPool pool, int tasks)
    {
        for (int i = 0; i < tasks; i++)
        {
            SimulatedItem item = pool.Submit($"t{i}");
            while (!item.Task(0).HasEnded)
            {
                foreach (SimulatedWorker gone in pool.Processes.Where(worker => worker.IsAskedToExit).ToArray())
                    pool.Die(gone);
                if (pool.Processes.Find(worker => !worker.IsEmpty) is { } busy)
                {
                    pool.RunNext(busy.Slots[0]);
                    continue;
                }

                pool.PassTime(_start);
                foreach (SimulatedWorker starting in pool.Processes.Where(worker => !worker.HasReportedReady).ToArray())
                    pool.Ready(starting);
            }
        }
    }

    private static SimulatedWorker Worked(SimulatedPool pool, long resident)
    {
        SimulatedItem item = pool.Submit("grows");
        SimulatedWorker worker = pool.Processes[0];
        if (!worker.HasReportedReady)
            pool.Ready(worker);
        worker.Resident = resident;
        pool.PassTime(TimeSpan.FromSeconds(1));
        pool.RunNext(worker.Slots[0]);
        item.Task(0).HasEnded.ShouldBeTrue();
        return worker;
    }
}
