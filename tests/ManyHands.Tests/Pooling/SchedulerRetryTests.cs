using ManyHands.Pooling;

namespace ManyHands.Tests.Pooling;

/// <summary>Tasks that lose their worker and may be run again.</summary>
public sealed class SchedulerRetryTests
{
    private static readonly SchedulerOptions _one = SimulatedPool.Ordinary with { Workers = 1 };

    [Fact]
    public void Each_lost_attempt_is_told_and_the_final_error_lists_them_with_their_times()
    {
        var pool = new SimulatedPool(_one);
        SimulatedItem item = Submit(pool, new RetryPolicy());
        for (int i = 1; i <= 3; i++)
            Lose(pool, WorkerLossCause.Killed, TimeSpan.FromSeconds(i));
        AttemptLost[] told = [.. pool.Events.OfType<AttemptLost>()];
        told.Select(lost => (lost.Task, lost.Name, lost.Attempt.Attempt, lost.RunsAgain, lost.Attempt.Ran.TotalSeconds))
            .ShouldBe([(item.Id, "task", 1, true, 1), (item.Id, "task", 2, true, 2), (item.Id, "task", 3, false, 3)]);
        var error = item.Task(0).Error.ShouldBeOfType<WorkerLostException>();
        error.Attempts.ShouldBe(told.Select(lost => lost.Attempt));
        error.Message.ShouldEndWith(
            "This was attempt 3. Attempts: 1 in process 1001 (Killed after 1.0 s), 2 in process 1002 (Killed after 2.0 s), 3 in process 1003 (Killed after 3.0 s). "
            + "It was not run again: Retry allows 3 attempts in all.");
    }

    [Theory]
    [InlineData(WorkerLossCause.Killed, true)]
    [InlineData(WorkerLossCause.Hung, true)]
    [InlineData(WorkerLossCause.Crashed, false)]
    [InlineData(WorkerLossCause.StackOverflow, false)]
    [InlineData(WorkerLossCause.FailFast, false)]
    [InlineData(WorkerLossCause.OutOfMemory, false)]
    [InlineData(WorkerLossCause.Exited, false)]
    [InlineData(WorkerLossCause.ProtocolError, false)]
    public void What_comes_from_outside_is_retried_and_what_the_task_did_itself_only_if_asked(WorkerLossCause cause, bool byDefault)
    {
        foreach (RetryCauses on in new[] { RetryCauses.FromOutside, RetryCauses.Any, RetryCauses.None, RetryPolicy.OneOf(cause) })
        {
            var pool = new SimulatedPool(_one);
            SimulatedItem item = Submit(pool, new RetryPolicy { On = on });
            Lose(pool, cause, TimeSpan.FromSeconds(1));
            bool retried = on is not RetryCauses.None && (on is not RetryCauses.FromOutside || byDefault);
            item.Task(0).HasEnded.ShouldBe(!retried, $"{cause} with {on}");
            pool.Events.OfType<AttemptLost>().Single().RunsAgain.ShouldBe(retried);
            if (!retried)
            {
                item.Task(0).Error.ShouldBeOfType<WorkerLostException>().Message.ShouldEndWith(
                    $" It was not run again: RetryPolicy.On is {on}, and does not include {RetryPolicy.OneOf(cause)}.");
            }
        }
    }

    [Fact]
    public void A_task_beside_others_in_its_worker_is_run_again_though_one_of_them_crashed_it()
    {
        var pool = new SimulatedPool(_one, lanes: 2);
        SimulatedItem other = pool.Submit("other");
        SimulatedItem item = Submit(pool, new RetryPolicy());
        SimulatedWorker worker = pool.Processes.Single();
        pool.Ready(worker);
        pool.Begin(worker.Slots[0]);
        pool.Begin(worker.Slots[1]);
        worker.Cause = WorkerLossCause.Crashed;
        pool.Die(worker);
        other.Task(0).Error.ShouldBeOfType<WorkerLostException>();
        item.Task(0).HasEnded.ShouldBeFalse();
        SchedulerTests.RunAll(pool);
        item.Task(0).Outcome.ShouldBe(TaskOutcome.Succeeded);
    }

    [Fact]
    public void What_had_not_begun_is_no_attempt()
    {
        var pool = new SimulatedPool(_one);
        SimulatedItem item = Submit(pool, new RetryPolicy { Attempts = 1 });
        for (int i = 0; i < 2; i++) // at the third loss next in line, it may be what kills them
        {
            pool.Ready(pool.Processes.Single());
            pool.Die(pool.Processes.Single());
        }

        item.Task(0).HasEnded.ShouldBeFalse();
        pool.Events.OfType<AttemptLost>().ShouldBeEmpty();
    }

    [Fact]
    public void The_delay_doubles_and_others_run_meanwhile()
    {
        var pool = new SimulatedPool(_one);
        SimulatedItem item = Submit(pool, new RetryPolicy { Attempts = 4, Delay = TimeSpan.FromSeconds(2) });
        foreach (int seconds in new[] { 2, 4, 8 })
        {
            Lose(pool, WorkerLossCause.Killed, TimeSpan.FromSeconds(1));
            pool.Events.OfType<AttemptLost>().Last().Delay.ShouldBe(TimeSpan.FromSeconds(seconds));
            pool.Scheduler.Queued.ShouldBe(1);
            pool.Scheduler.NextDue.ShouldBe(pool.Now + TimeSpan.FromSeconds(seconds));
            SimulatedItem other = pool.Submit("other");
            SchedulerTests.RunAll(pool);
            other.Task(0).Outcome.ShouldBe(TaskOutcome.Succeeded);
            pool.PassTime(TimeSpan.FromSeconds(seconds - 1));
            item.Holder.ShouldBeOfType<WorkQueue>();
            pool.PassTime();
            item.Holder.ShouldBeOfType<Lane>();
        }

        SchedulerTests.RunAll(pool);
        item.Task(0).Outcome.ShouldBe(TaskOutcome.Succeeded);
    }

    [Fact]
    public void A_task_that_waits_for_its_next_attempt_can_be_cancelled()
    {
        SimulatedPool pool = Resting(out SimulatedItem item);
        pool.Cancel(item);
        item.Task(0).Outcome.ShouldBe(TaskOutcome.Cancelled);
        pool.Scheduler.Queued.ShouldBe(0);
    }

    [Theory]
    [InlineData(CloseMode.Drain, TaskOutcome.Succeeded)]
    [InlineData(CloseMode.Cancel, TaskOutcome.Failed)]
    [InlineData(CloseMode.Kill, TaskOutcome.Failed)]
    public void Closing_waits_for_its_next_attempt_or_cancels_it(CloseMode mode, TaskOutcome outcome)
    {
        SimulatedPool pool = Resting(out SimulatedItem item);
        pool.Close(mode);
        pool.IsClosed.ShouldBeFalse();
        pool.PassTime(TimeSpan.FromSeconds(10));
        SchedulerTests.RunAll(pool);
        item.Task(0).Outcome.ShouldBe(outcome);
        pool.Events.OfType<AttemptLost>().Count().ShouldBe(1);
        pool.IsClosed.ShouldBeTrue();
    }

    private static SimulatedPool Resting(out SimulatedItem item)
    {
        var pool = new SimulatedPool(_one);
        item = Submit(pool, new RetryPolicy { Delay = TimeSpan.FromSeconds(10) });
        Lose(pool, WorkerLossCause.Killed, TimeSpan.FromSeconds(1));
        return pool;
    }

    private static SimulatedItem Submit(SimulatedPool pool, RetryPolicy retry) =>
        pool.Submit("task", new SubmitOptions { Idempotent = true, Retry = retry });

    /// <summary>The only worker begins what it has, and is lost some time later.</summary>
    private static void Lose(SimulatedPool pool, WorkerLossCause cause, TimeSpan after)
    {
        SimulatedWorker worker = pool.Processes.Single();
        if (!worker.HasReportedReady)
            pool.Ready(worker);
        pool.Begin(worker.Slots[0]);
        pool.PassTime(after);
        worker.Cause = cause;
        pool.Die(worker);
    }
}
