using ManyHands.Pooling;

namespace ManyHands.Tests.Pooling;

/// <summary>Who gets what, and when: the queue, its door, prefetching, timeouts, cancellation.</summary>
public sealed class SchedulerTests
{
    private static readonly TimeSpan _killAfter = SimulatedPool.Ordinary.KillAfter;

    [Fact]
    public void A_full_queue_refuses_who_cannot_wait_and_lets_the_others_in_by_turns()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { Workers = 1, QueueLimit = 1 });
        pool.Submit(new SimulatedItem("a")).ShouldBe(Admission.Accepted);
        var (b, c) = (new SimulatedItem("b"), new SimulatedItem("c"));
        pool.Submit(b).ShouldBe(Admission.Waiting);
        pool.Submit(c).ShouldBe(Admission.Waiting);
        pool.Submit(new SimulatedItem("d"), mayWait: false).ShouldBe(Admission.Full);
        pool.Scheduler.Queued.ShouldBe(3);

        pool.Ready(pool.Processes[0]);
        (b.IsAtDoor, c.IsAtDoor).ShouldBe((false, true));
        pool.RunNext(pool.Processes[0].Slots[0]);
        c.IsAtDoor.ShouldBeFalse();
        RunAll(pool);
        pool.Dispatched.Select(given => given.Item).ShouldBe(["a", "b", "c"]);
        pool.Submit(new SimulatedItem("d"), mayWait: false).ShouldBe(Admission.Accepted);
    }

    [Fact]
    public void Whoever_waits_at_the_door_gets_a_worker_started_too()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { QueueLimit = 1 });
        pool.Submit("a");
        pool.Submit("b");
        pool.Processes.Count.ShouldBe(2);
    }

    [Fact]
    public void Bytes_fill_the_queue_as_tasks_do()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { Workers = 1, QueueBytes = 100 });
        pool.Submit(new SimulatedItem("a") { BytesOfOne = 100 }).ShouldBe(Admission.Accepted);
        pool.Submit(new SimulatedItem("b"), mayWait: false).ShouldBe(Admission.Full);
        pool.Ready(pool.Processes[0]);
        pool.Submit(new SimulatedItem("b"), mayWait: false).ShouldBe(Admission.Accepted);
    }

    [Fact]
    public void A_submission_that_is_cancelled_at_the_door_is_refused_there_and_never_runs()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { Workers = 1, QueueLimit = 1 });
        pool.Submit("a");
        SimulatedItem b = pool.Submit("b");
        pool.Cancel(b);
        b.Refusal.ShouldBeOfType<OperationCanceledException>();
        b.Task(0).Outcome.ShouldBe(TaskOutcome.Cancelled);
    }

    [Fact]
    public void A_lane_gets_as_many_items_as_take_a_millisecond_and_one_of_longer_ones()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { Workers = 1 });
        SimulatedLane lane = Started(pool);
        pool.Scheduler.Depth.ShouldBe(1, "nothing is known yet");
        Measure(pool, TimeSpan.FromMilliseconds(0.1), 1);
        pool.Scheduler.Depth.ShouldBe(10);
        Measure(pool, TimeSpan.FromTicks(1), 100);
        pool.Scheduler.Depth.ShouldBe(256);
        for (int i = 0; i < 300; i++)
            pool.Submit($"t{i}");
        lane.Lane.Items.Count.ShouldBe(1);
        pool.RunNext(lane);
        lane.Lane.Items.Count.ShouldBe(256);
        RunAll(pool);
        Measure(pool, TimeSpan.FromSeconds(1), 1);
        pool.Scheduler.Depth.ShouldBe(1, "one slow task is enough to stop it");
    }

    [Fact]
    public void An_idle_lane_takes_over_half_of_what_has_not_begun_elsewhere_in_its_order()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary);
        (SimulatedLane busy, SimulatedLane idle) = StartedTwo(pool);
        Measure(pool, TimeSpan.FromTicks(1), 20);
        (SimulatedItem first, SimulatedItem second) = (pool.Submit("first"), pool.Submit("second"));
        for (int i = 0; i < 9; i++)
            pool.Submit($"t{i}");
        busy = Of(pool, first);
        idle = Of(pool, second);
        pool.RunNext(busy);
        pool.Begin(busy);
        busy.Lane.Items.Count.ShouldBe(9);

        pool.RunNext(idle);
        busy.Lane.Items.Select(item => item.Name).ShouldBe(["t0", "t1", "t2", "t3", "t4"]);
        idle.Lane.Items.Select(item => item.Name).ShouldBe(["t5", "t6", "t7", "t8"]);
        idle.Lane.Items.ShouldAllBe(item => item.Attempt == 1);
    }

    [Fact]
    public void An_idle_lane_takes_over_half_of_a_batch_and_leaves_the_last_item_of_a_lane_alone()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary);
        (SimulatedLane busy, SimulatedLane idle) = StartedTwo(pool);
        var batch = new SimulatedItem("batch", count: 9);
        pool.Submit(batch);
        busy = Of(pool, batch);
        SimulatedItem other = pool.Submit("other");
        idle = Of(pool, other);
        pool.Begin(busy);
        pool.RunNext(idle);
        batch.Parts.Select(part => part.Count).ShouldBe([5, 4]);
        RunAll(pool);
        batch.Tasks.ShouldAllBe(task => task.Outcome == TaskOutcome.Succeeded && task.Runs.Count == 1);

        pool.Submit("sent");
        pool.Submit("x");
        pool.RunNext(Of(pool, pool.Items[^1]));
        pool.Items[^2].Holder.ShouldBeOfType<Lane>().Items.Count.ShouldBe(1, "it has not begun, and is its lane's only one");
    }

    [Fact]
    public void Lanes_that_had_nothing_when_another_got_a_batch_take_from_it_a_moment_later_until_there_is_no_more_to_take()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { Workers = 4 });
        for (int i = 0; i < 4; i++)
            pool.Submit($"t{i}");
        pool.Processes.ToList().ForEach(pool.Ready);
        RunAll(pool);
        var batch = new SimulatedItem("batch", count: 6);
        pool.Submit(batch);
        pool.Begin(Of(pool, batch));
        batch.Parts.ShouldHaveSingleItem();

        TimeSpan submitted = pool.Now;
        pool.PassTime();
        batch.Parts.Select(part => part.Count).ShouldBe([3, 3]);
        pool.PassTime();
        pool.PassTime();
        batch.Parts.Select(part => part.Count).ShouldBe([2, 2, 1, 1]);
        pool.Now.ShouldBeLessThan(submitted + TimeSpan.FromMilliseconds(100));
        pool.Scheduler.NextDue.ShouldBeGreaterThan(pool.Now + TimeSpan.FromSeconds(1), "no lane is idle");
        RunAll(pool);
        batch.Tasks.ShouldAllBe(task => task.Outcome == TaskOutcome.Succeeded && task.Runs.Count == 1);
    }

    [Fact]
    public void A_look_that_finds_nothing_to_take_is_not_repeated()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary, takesBack: false);
        StartedTwo(pool);
        pool.Submit(new SimulatedItem("batch", count: 6));
        pool.PassTime();
        pool.Scheduler.NextDue.ShouldBeGreaterThan(pool.Now + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_task_with_a_timeout_is_only_given_to_an_empty_lane_so_its_time_starts_when_it_does()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { Workers = 1 });
        SimulatedLane lane = Started(pool);
        Measure(pool, TimeSpan.FromTicks(1), 20);
        pool.Submit("a");
        pool.Submit("b");
        SimulatedItem timed = pool.Submit("timed", new SubmitOptions { Timeout = TimeSpan.FromSeconds(1) });
        pool.Submit("c");
        pool.RunNext(lane);
        lane.Lane.Items.Select(item => item.Name).ShouldBe(["b"]);
        pool.PassTime(TimeSpan.FromHours(1));
        pool.RunNext(lane);
        lane.Lane.Items.Select(item => item.Name).ShouldBe(["timed", "c"]);
        timed.Due.ShouldBe(pool.Now + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_timeout_kills_work_that_takes_no_token_and_what_waits_behind_it_runs_elsewhere()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { Workers = 1 });
        SimulatedLane lane = Started(pool);
        Measure(pool, TimeSpan.FromTicks(1), 20);
        pool.Submit("a");
        SimulatedItem timed = pool.Submit("timed", new SubmitOptions { Timeout = TimeSpan.FromSeconds(1) });
        SimulatedItem behind = pool.Submit("behind");
        pool.RunNext(lane);
        pool.Begin(lane);
        pool.PassTime();
        lane.Worker.IsKilled.ShouldBeTrue();
        pool.Die(lane.Worker);
        timed.Task(0).Error.ShouldBeOfType<TaskTimeoutException>();
        pool.Ready(pool.Processes[0]);
        RunAll(pool);
        behind.Task(0).Outcome.ShouldBe(TaskOutcome.Succeeded);
        pool.Scheduler.WorkersKilled.ShouldBe(1);
    }

    [Fact]
    public void A_caller_does_not_wait_for_a_system_that_takes_its_time_to_end_a_killed_worker()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { Workers = 1 });
        SimulatedItem timed = pool.Submit("timed", new SubmitOptions { Timeout = TimeSpan.FromSeconds(10) });
        SimulatedItem next = pool.Submit("next");
        pool.Ready(pool.Processes[0]);
        pool.Begin(pool.Processes[0].Slots[0]);
        pool.PassTime();
        pool.Processes[0].IsKilled.ShouldBeTrue();
        timed.Task(0).HasEnded.ShouldBeFalse("more will be known in a moment");
        pool.PassTime();
        timed.Task(0).Error.ShouldBeOfType<TaskTimeoutException>();
        pool.Ready(pool.Processes[1]);
        pool.RunNext(pool.Processes[1].Slots[0]);
        pool.Die(pool.Processes[0]);
        pool.Processes.ShouldHaveSingleItem();
        next.Task(0).Outcome.ShouldBe(TaskOutcome.Succeeded);
    }

    [Fact]
    public void Whom_a_kill_has_cost_is_told_with_the_end_of_the_worker_also_if_they_did_not_wait_for_it()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { Workers = 1 }, lanes: 2);
        SimulatedItem timed = pool.Submit("timed", new SubmitOptions { Timeout = TimeSpan.FromSeconds(10) });
        SimulatedItem neighbour = pool.Submit("neighbour");
        pool.Ready(pool.Processes[0]);
        pool.Begin(Of(pool, timed));
        pool.Begin(Of(pool, neighbour));
        pool.PassTime();
        pool.PassTime();
        neighbour.Task(0).Error.ShouldBeOfType<WorkerLostException>();
        pool.Events.OfType<WorkerEnded>().ShouldBeEmpty();
        pool.Die(pool.Processes[0]);
        pool.Events.OfType<WorkerEnded>().ShouldHaveSingleItem().Lost.ShouldBe([neighbour.Id]);
    }

    [Fact]
    public void Work_that_ignores_its_token_is_killed_after_the_time_it_was_given()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { Workers = 1 });
        var item = new SimulatedItem("deaf", takesToken: true) { IgnoresCancellation = true };
        pool.Submit(item);
        pool.Ready(pool.Processes[0]);
        pool.Begin(pool.Processes[0].Slots[0]);
        pool.Cancel(item);
        item.WasAskedToStop.ShouldBeTrue();
        pool.Scheduler.NextDue.ShouldBe(pool.Now + _killAfter);
        pool.PassTime(_killAfter - TimeSpan.FromTicks(1));
        pool.Processes[0].IsKilled.ShouldBeFalse();
        pool.PassTime();
        pool.Processes[0].IsKilled.ShouldBeTrue();
    }

    [Fact]
    public void A_kill_for_a_cancelled_item_is_left_out_once_a_later_item_of_its_lane_has_begun()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { Workers = 1 });
        SimulatedLane lane = Started(pool);
        Measure(pool, TimeSpan.FromTicks(1), 20);
        pool.Submit("a");
        SimulatedItem cancelled = pool.Submit("cancelled");
        SimulatedItem neighbour = pool.Submit("neighbour");
        pool.RunNext(lane);
        pool.Begin(lane);
        lane.Finish(); // its result is on the way
        pool.Begin(lane);
        pool.Cancel(cancelled);
        lane.Worker.IsKilled.ShouldBeFalse();
        lane.Finish();
        RunAll(pool);
        neighbour.Task(0).Outcome.ShouldBe(TaskOutcome.Succeeded);
        cancelled.Task(0).Outcome.ShouldBe(TaskOutcome.Succeeded);
    }

    [Fact]
    public void A_worker_whose_later_item_is_said_to_have_begun_is_killed_for_the_cancelled_one_when_its_end_does_not_come()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with { Workers = 1 }) { Checks = false }; // no rule is made for workers that lie
        SimulatedLane lane = Started(pool);
        Measure(pool, TimeSpan.FromTicks(1), 20);
        pool.Submit("a");
        SimulatedItem cancelled = pool.Submit("cancelled");
        SimulatedItem neighbour = pool.Submit("neighbour");
        pool.RunNext(lane);
        pool.Begin(lane);
        lane.PassOver(neighbour);
        pool.Cancel(cancelled);
        lane.Worker.IsKilled.ShouldBeFalse();
        pool.PassTime();
        lane.Worker.IsKilled.ShouldBeTrue();
    }

    [Fact]
    public void The_longest_time_means_no_limit_wherever_a_time_is_asked_for()
    {
        var pool = new SimulatedPool(SimulatedPool.Ordinary with
        {
            KillAfter = TimeSpan.MaxValue,
            StartLimit = TimeSpan.MaxValue,
            RestartLimit = new RestartLimit { Failures = 1, Window = TimeSpan.MaxValue },
            Retire = new Retirement { AfterAge = TimeSpan.MaxValue, AfterIdle = TimeSpan.MaxValue },
        });
        var item = new SimulatedItem("a", new SubmitOptions { Timeout = TimeSpan.MaxValue }, takesToken: true);
        pool.Submit(item);
        pool.Submit("b");
        pool.Ready(pool.Processes[0]);
        pool.Begin(pool.Processes[0].Slots[0]);
        pool.Cancel(item);
        pool.FailStart(pool.Processes[1]);
        RunAll(pool);
        pool.Close(CloseMode.Drain);
        pool.Scheduler.NextDue.ShouldBe(TimeSpan.MaxValue);
    }

    private static SimulatedLane Started(SimulatedPool pool)
    {
        pool.Submit("first");
        pool.Ready(pool.Processes[0]);
        pool.RunNext(pool.Processes[0].Slots[0]);
        return pool.Processes[0].Slots[0];
    }

    private static (SimulatedLane First, SimulatedLane Second) StartedTwo(SimulatedPool pool)
    {
        pool.Submit("first");
        pool.Submit("second");
        pool.Ready(pool.Processes[0]);
        pool.Ready(pool.Processes[1]);
        RunAll(pool);
        return (pool.Processes[0].Slots[0], pool.Processes[1].Slots[0]);
    }

    private static SimulatedLane Of(SimulatedPool pool, SimulatedItem item) =>
        pool.Processes.SelectMany(worker => worker.Slots).Single(slot => slot.Lane == item.Holder);

    private static void Measure(SimulatedPool pool, TimeSpan time, int tasks)
    {
        pool.TaskTime = time;
        for (int i = 0; i < tasks; i++)
        {
            SimulatedItem item = pool.Submit("measured");
            pool.RunNext(Of(pool, item));
        }

        pool.TaskTime = TimeSpan.Zero;
    }

    /// <summary>Takes workers' steps, the first possible one each time, until there is none.</summary>
    internal static void RunAll(SimulatedPool pool)
    {
        var steps = new List<SimulatedStep>();
        do
        {
            steps.Clear();
            SimulatedStep.AddPossible(pool, steps);
            steps.RemoveAll(step => step.Kind == SimulatedStepKind.PassTime);
            if (steps.Count > 0)
                steps[0].Do(pool);
        }
        while (steps.Count > 0);
    }
}
