using ManyHands.Conformance;
using ManyHands.Pooling;

namespace ManyHands.Tests.Pooling;

/// <summary>Items that wait for items of their own pool, which cannot begin before a lane is free.</summary>
public sealed class SchedulerStandstillTests
{
    [Fact, Fault(41)]
    public void The_item_that_the_only_lane_waits_for_fails_by_name_within_a_second()
    {
        SimulatedPool pool = Threads(1);
        SimulatedItem outer = Running(pool, "outer"), inner = Inner(pool, "inner", awaitedBy: outer);
        TimeSpan begun = pool.Now;
        pool.PassTime();
        inner.Task(0).HasEnded.ShouldBeFalse("it may be a moment like any other");
        pool.PassTime();
        (pool.Now - begun).ShouldBeLessThan(TimeSpan.FromSeconds(1));
        var error = inner.Task(0).Error.ShouldBeOfType<ExecutorDeadlockException>();
        error.Task.ShouldBe(inner.Id);
        error.Waiting.ShouldBe([outer.Id]);
        inner.Task(0).Runs.ShouldBeEmpty();
        SchedulerTests.RunAll(pool);
        outer.Task(0).Outcome.ShouldBe(TaskOutcome.Succeeded);
    }

    [Fact, Fault(41)]
    public void Where_it_is_not_certain_that_anybody_waits_nothing_fails_before_all_has_stood_still_for_long()
    {
        SimulatedPool pool = Threads(1);
        SimulatedItem outer = Running(pool, "outer"), inner = Inner(pool, "inner", awaitedBy: outer);
        inner.IsGuess = true;
        TimeSpan begun = pool.Now;
        while (!inner.Task(0).HasEnded)
            pool.PassTime();
        inner.Task(0).Error.ShouldBeOfType<ExecutorDeadlockException>();
        (pool.Now - begun).ShouldBeInRange(pool.Options.GuessedStandstill, pool.Options.GuessedStandstill + TimeSpan.FromSeconds(1));
    }

    [Fact, Fault(41)]
    public void A_running_child_that_waits_for_a_queued_grandchild_holds_up_its_parent_too()
    {
        SimulatedPool pool = Threads(2);
        SimulatedItem parent = Running(pool, "parent"), child = Inner(pool, "child", awaitedBy: parent), grandchild = Inner(pool, "grandchild", awaitedBy: child);
        Look(pool, 3);
        grandchild.Task(0).Error.ShouldBeOfType<ExecutorDeadlockException>().Waiting.ShouldBe([parent.Id, child.Id]);
    }

    [Fact, Fault(41)]
    public void It_is_found_by_way_of_items_of_other_pools()
    {
        SimulatedPool pool = Threads(1);
        SimulatedItem outer = Running(pool, "outer"), elsewhere = new("elsewhere") { AwaitedBy = outer };
        SimulatedItem inner = Inner(pool, "inner", awaitedBy: elsewhere);
        Look(pool, 2);
        inner.Task(0).Error.ShouldBeOfType<ExecutorDeadlockException>();
    }

    [Fact, Fault(41)]
    public void Who_waits_at_the_door_is_refused_and_what_is_queued_and_nobody_waits_for_runs()
    {
        SimulatedPool pool = Threads(1, queueLimit: 1);
        SimulatedItem outer = Running(pool, "outer"), queued = Inner(pool, "queued"), atDoor = Inner(pool, "at the door", awaitedBy: outer);
        atDoor.IsAtDoor.ShouldBeTrue();
        Look(pool, 3);
        atDoor.Refusal.ShouldBeOfType<ExecutorDeadlockException>().ShouldBeSameAs(atDoor.Task(0).Error);
        SchedulerTests.RunAll(pool);
        queued.Task(0).Outcome.ShouldBe(TaskOutcome.Succeeded);
    }

    [Fact]
    public void All_that_the_same_item_waits_for_fail_together_and_what_others_wait_for_can_go_on()
    {
        SimulatedPool pool = Threads(2);
        SimulatedItem first = Running(pool, "first"), second = Running(pool, "second");
        SimulatedItem ofFirst = Inner(pool, "of first", awaitedBy: first);
        SimulatedItem[] ofSecond = [.. Enumerable.Range(0, 3).Select(number => Inner(pool, $"of second {number}", awaitedBy: second))];
        Look(pool, 3);
        ofSecond.ShouldAllBe(item => item.Task(0).Error is ExecutorDeadlockException);
        ofFirst.Task(0).HasEnded.ShouldBeFalse();
        End(pool, second);
        SchedulerTests.RunAll(pool);
        ofFirst.Task(0).Outcome.ShouldBe(TaskOutcome.Succeeded);
    }

    [Fact]
    public void It_is_looked_for_again_as_long_as_something_inner_waits()
    {
        SimulatedPool pool = Threads(1);
        SimulatedItem outer = Running(pool, "outer"), first = Inner(pool, "first"), second = Inner(pool, "second", awaitedBy: outer);
        Look(pool, 3);
        (first.Task(0).HasEnded, second.Task(0).HasEnded).ShouldBe((false, true));
        first.AwaitedBy = outer; // it has caught the error, and waits for the other
        Look(pool, 2);
        first.Task(0).Error.ShouldBeOfType<ExecutorDeadlockException>();
        pool.Scheduler.NextDue.ShouldBe(TimeSpan.MaxValue);
    }

    [Fact]
    public void An_inner_item_that_nobody_waits_for_never_fails_however_slow_the_lanes_are()
    {
        SimulatedPool pool = Threads(2);
        Running(pool, "slow");
        SimulatedItem outer = Running(pool, "slow too"), forgotten = Inner(pool, "forgotten"), elsewhere = new("elsewhere");
        SimulatedItem ofAnother = Inner(pool, "of another pool's", awaitedBy: elsewhere);
        Look(pool, 20);
        SchedulerTests.RunAll(pool);
        new[] { outer, forgotten, ofAnother }.ShouldAllBe(item => item.Task(0).Outcome == TaskOutcome.Succeeded);
    }

    [Fact]
    public void One_lane_whose_item_waits_for_nothing_here_is_enough_to_go_on()
    {
        SimulatedPool pool = Threads(2);
        SimulatedItem outer = Running(pool, "outer"), slow = Running(pool, "slow"), inner = Inner(pool, "inner", awaitedBy: outer);
        Look(pool, 20);
        inner.Task(0).HasEnded.ShouldBeFalse();
        End(pool, slow);
        pool.Scheduler.NextDue.ShouldNotBe(TimeSpan.MaxValue);
        pool.PassTime();
        pool.Scheduler.NextDue.ShouldBe(TimeSpan.MaxValue, "nothing inner waits any more");
        SchedulerTests.RunAll(pool);
        inner.Task(0).Outcome.ShouldBe(TaskOutcome.Succeeded);
    }

    [Fact]
    public void A_lane_that_is_about_to_be_there_or_to_be_given_up_is_waited_for()
    {
        var starting = new SimulatedPool(Options(2), actsAtOnce: true);
        starting.Submit("outer");
        starting.Ready(starting.Processes[0]);
        SimulatedItem inner = Inner(starting, "inner", awaitedBy: starting.Items[0]);
        starting.Processes.Count.ShouldBe(2);
        Look(starting, 10);
        inner.Task(0).HasEnded.ShouldBeFalse();

        SimulatedPool cancelled = Threads(1);
        SimulatedItem outer = Running(cancelled, "outer");
        inner = Inner(cancelled, "inner", awaitedBy: outer);
        cancelled.Cancel(outer);
        Look(cancelled, 10);
        inner.Task(0).HasEnded.ShouldBeFalse();
        while (!inner.Task(0).HasEnded)
        {
            cancelled.PassTime();
            SchedulerTests.RunAll(cancelled);
        }

        inner.Task(0).Outcome.ShouldBe(TaskOutcome.Succeeded);
    }

    [Fact]
    public void Whatever_moves_between_two_looks_makes_them_begin_again()
    {
        SimulatedPool pool = Threads(1);
        SimulatedItem outer = Running(pool, "outer"), inner = Inner(pool, "inner", awaitedBy: outer);
        for (int i = 0; i < 10; i++)
        {
            pool.PassTime();
            SimulatedItem other = pool.Submit($"other {i}");
            pool.PassTime();
            pool.Cancel(other);
        }

        inner.Task(0).HasEnded.ShouldBeFalse();
        Look(pool, 3);
        inner.Task(0).HasEnded.ShouldBeTrue();
    }

    [Fact]
    public void Nobody_looks_while_nothing_inner_waits()
    {
        SimulatedPool pool = Threads(1);
        SimulatedItem outer = Running(pool, "outer");
        pool.Submit("from outside");
        pool.PassTime(TimeSpan.Zero);
        pool.Scheduler.NextDue.ShouldBe(TimeSpan.MaxValue);
        SimulatedItem inner = Inner(pool, "inner", awaitedBy: outer);
        pool.Scheduler.NextDue.ShouldBe(pool.Now + TimeSpan.FromMilliseconds(250));
        pool.Cancel(inner);
        pool.PassTime();
        pool.Scheduler.NextDue.ShouldBe(TimeSpan.MaxValue);
    }

    [Fact]
    public void Draining_comes_to_its_close_all_the_same()
    {
        SimulatedPool pool = Threads(1);
        SimulatedItem outer = Running(pool, "outer");
        Inner(pool, "inner", awaitedBy: outer);
        pool.Close(CloseMode.Drain);
        Look(pool, 2);
        SchedulerTests.RunAll(pool);
        pool.IsClosed.ShouldBeTrue();
    }

    private static SchedulerOptions Options(int workers, int queueLimit = 10_000) =>
        SimulatedPool.Ordinary with { Workers = workers, QueueLimit = queueLimit, CanKill = false, CanPrefetch = false, GuessedStandstill = TimeSpan.FromSeconds(10) };

    private static SimulatedPool Threads(int workers, int queueLimit = 10_000) =>
        new(Options(workers, queueLimit), actsAtOnce: true) { StartsAtOnce = true };

    private static SimulatedItem Running(SimulatedPool pool, string name)
    {
        SimulatedItem item = pool.Submit(name);
        pool.Begin(Slot(pool, item));
        return item;
    }

    private static SimulatedItem Inner(SimulatedPool pool, string name, SimulatedItem? awaitedBy = null)
    {
        var item = new SimulatedItem(name) { IsInner = true, AwaitedBy = awaitedBy };
        pool.Submit(item);
        if (item.Holder is Lane)
            pool.Begin(Slot(pool, item));
        return item;
    }

    private static void End(SimulatedPool pool, SimulatedItem item)
    {
        SimulatedLane slot = Slot(pool, item);
        slot.Finish();
        pool.Read(slot);
    }

    private static SimulatedLane Slot(SimulatedPool pool, SimulatedItem item) =>
        pool.Processes.SelectMany(worker => worker.Slots).Single(slot => ReferenceEquals(slot.Lane, item.Holder));

    private static void Look(SimulatedPool pool, int times)
    {
        for (int i = 0; i < times; i++)
            pool.PassTime(TimeSpan.FromMilliseconds(250));
    }
}
