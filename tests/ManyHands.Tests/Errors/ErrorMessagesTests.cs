namespace ManyHands.Tests.Errors;

/// <summary>An error says what happened, to what, what is known, and what to do; the data is in properties too.</summary>
public sealed class ErrorMessagesTests
{
    [Fact]
    public void A_lost_worker_is_described_by_what_is_known()
        => new WorkerLostException(
            new TaskId(12), "Shop.Forge.Hammer", 4711, WorkerLossCause.Killed, LostTaskState.Started, 1, signal: 9, report: new(4711) { LastLines = ["a", "low memory"] })
            .Message.ShouldBe("Task 12 (Shop.Forge.Hammer) was lost: worker process 4711 was killed by SIGKILL. The task had started, so part of its "
                + "work may be done. Last line of its error output: 'low memory'. If the work is safe to run twice, submit it with Retry and Idempotent.");

    [Fact]
    public void What_the_executor_knows_stands_before_what_the_worker_said_and_used()
    {
        var report = new WorkerReport(2) { LastOutput = ["page 16", "page 17"], Note = "It was stopped.", Usage = new(TimeSpan.FromSeconds(12.34), 3L << 30, 2L << 20) };
        var error = new WorkerLostException(new TaskId(1), "W", 2, WorkerLossCause.Hung, LostTaskState.Started, 1, signal: 9, report: report);
        error.Message.ShouldBe("Task 1 (W) was lost: worker process 2 stopped answering and was killed. It was stopped. The task had started, so part of its work may "
            + "be done. Last line of its output: 'page 17'. In its life it used 12.3 s of processor time, 2 MiB of memory at the end, 3072 MiB at its peak. "
            + "If the work is safe to run twice, submit it with Retry and Idempotent.");
        (error.LastOutput, error.Usage).ShouldBe((report.LastOutput, report.Usage));
        (report with { Headline = "Fatal error." }).LastWords.ShouldBe(" It wrote: 'Fatal error.'.");
        new WorkerUsage(null, null, null).Sentence.ShouldBeEmpty();
        new WorkerUsage(null, 1 << 20, null).Sentence.ShouldBe(" In its life it used 1 MiB at its peak.");
    }

    [Theory]
    [InlineData(WorkerLossCause.Exited, 0, null, "exited with exit code 0")]
    [InlineData(WorkerLossCause.Crashed, null, 11, "crashed (SIGSEGV)")]
    [InlineData(WorkerLossCause.StackOverflow, null, 6, "overflowed its stack (SIGABRT)")]
    [InlineData(WorkerLossCause.FailFast, 134, null, "failed fast with exit code 134")]
    [InlineData(WorkerLossCause.OutOfMemory, null, 9, "ran out of memory (SIGKILL)")]
    [InlineData(WorkerLossCause.Killed, null, 64, "was killed by signal 64")]
    [InlineData(WorkerLossCause.Killed, null, null, "was killed.")]
    [InlineData(WorkerLossCause.Hung, null, 9, "stopped answering and was killed")]
    [InlineData(WorkerLossCause.ProtocolError, null, 9, "broke the protocol")]
    [InlineData(WorkerLossCause.Unknown, null, null, "how is not known")]
    public void Every_cause_of_a_loss_has_its_words(WorkerLossCause cause, int? exitCode, int? signal, string words)
    {
        var error = new WorkerLostException(new TaskId(1), "W", 2, cause, LostTaskState.Unknown, attempt: 3, exitCode, signal);
        error.Message.ShouldContain(words);
        error.Message.ShouldContain("not known");
        error.Message.ShouldContain("attempt 3");
        error.LastLines.ShouldBeEmpty();
        (error.Cause, error.ExitCode, error.Signal, error.Attempt).ShouldBe((cause, exitCode, signal, 3));
    }

    [Fact]
    public void A_task_that_had_not_started_can_be_run_again()
        => new WorkerLostException(new TaskId(1), "W", 2, WorkerLossCause.Killed, LostTaskState.NotStarted, 1)
            .Message.ShouldContain("is safe");

    [Theory]
    [InlineData(PayloadSide.Submit, "The argument cannot travel: Order.Tags: no")]
    [InlineData(PayloadSide.WorkerInput, "The worker could not read the argument: Order.Tags: no")]
    [InlineData(PayloadSide.Result, "The work ran, but its result cannot travel: Order.Tags: no")]
    [InlineData(PayloadSide.ParentResult, "The work ran, but its result could not be read: Order.Tags: no")]
    public void A_value_that_cannot_travel_says_where_it_failed(PayloadSide side, string message)
        => new PayloadException("Order.Tags: no") { Side = side }.Message.ShouldBe(message);

    [Fact]
    public void A_failed_map_names_the_first_failures_and_counts_the_rest()
    {
        MapFailure[] failures = [.. Enumerable.Range(0, 5).Select(i => new MapFailure(i, $"in {i}", new FormatException($"bad {i}")))];
        var error = new MapFailedException(failures);
        error.Message.ShouldBe("5 items of the map failed (item 0: FormatException: bad 0; item 1: FormatException: bad 1; "
            + "item 2: FormatException: bad 2; and 2 more). The results of all others were given; see Failures.");
        error.Failures.ShouldBe(failures);
        error.InnerException.ShouldBeSameAs(failures[0].Error);
        new MapFailedException([failures[0]]).Message.ShouldStartWith("1 item of");
    }

    [Fact]
    public void A_deadlock_names_the_task_that_cannot_begin_and_those_that_hold_the_workers()
    {
        (TaskId, string)[] waiting = [.. Enumerable.Range(1, 7).Select(number => (new TaskId(number), $"Shop.Order{number}"))];
        var error = new ExecutorDeadlockException(new TaskId(12), "Shop.Price", waiting);
        error.Message.ShouldBe("Task 12 (Shop.Price) cannot begin: all 7 workers of its executor are held by tasks that wait for it, or for others that "
            + "cannot begin either: 1 (Shop.Order1), 2 (Shop.Order2), 3 (Shop.Order3), 4 (Shop.Order4), 5 (Shop.Order5) and 2 more. None of them would "
            + "ever have ended. Give tasks that other tasks wait for an executor of their own, or submit and await them outside of the tasks of this one.");
        error.Task.ShouldBe(new TaskId(12));
        error.Waiting.Count.ShouldBe(7);
        new ExecutorDeadlockException(new TaskId(12), "Shop.Price", waiting[..1]).Message
            .ShouldStartWith("Task 12 (Shop.Price) cannot begin: the only worker of its executor is held by task 1 (Shop.Order1), which waits for it. ");
    }

    [Fact]
    public void A_timeout_is_caught_as_one()
        => new TaskTimeoutException("late", TimeSpan.FromSeconds(2)).ShouldBeAssignableTo<TimeoutException>();

    [Fact]
    public void Every_other_error_of_executors_has_one_base()
        => typeof(ExecutorException).Assembly.GetExportedTypes()
            .Where(type => type.IsAssignableTo(typeof(Exception)) && type != typeof(TaskTimeoutException) && type != typeof(CommandStartException))
            .ShouldAllBe(type => type.IsAssignableTo(typeof(ExecutorException)));

    [Fact]
    public void A_task_id_is_written_as_its_number() => new TaskId(-5).ToString().ShouldBe("-5");
}
