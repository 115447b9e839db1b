using ManyHands.Conformance;
using ManyHands.Conformance.Work;
using ManyHands.Payloads;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>Arguments, results and exceptions that cannot be brought to the other side: the one task fails, the worker is kept.</summary>
public sealed class ValuesThatDoNotTravel : IDisposable
{
    private readonly Files _files = new();

    [Fact, Fault(9)]
    public async Task An_argument_is_refused_in_the_callers_own_call_also_where_that_is_the_end_of_another_task()
    {
        await using ProcessExecutor pool = FaultPool.Of(1);
        var circle = new Link();
        circle.Next = circle;
        Action[] submissions =
        [
            () => pool.RunAsync(Arithmetic.EchoAny<Func<int>>, () => circle.GetHashCode()),
            () => pool.RunAsync(Arithmetic.EchoAny<nint>, (nint)1),
            () => pool.RunAsync(Arithmetic.EchoAny<Link>, circle),
            () => pool.RunAsync(Arithmetic.EchoAny<Stream>, Stream.Null),
            () => pool.RunAsync(Arithmetic.EchoAny<Link>, Chain(5000)),
        ];
        foreach (Action submit in submissions)
            Should.Throw<PayloadException>(submit).Side.ShouldBe(PayloadSide.Submit);
        pool.Snapshot().Workers.ShouldBeEmpty(); // nothing was queued

        foreach (Action submit in submissions)
        {
            Task then = pool.RunAsync(Arithmetic.AddOne, 1).ContinueWith(_ => submit(), TaskScheduler.Default);
            (await Should.ThrowAsync<PayloadException>(() => then.Time())).Side.ShouldBe(PayloadSide.Submit);
        }

        ExecutorSnapshot snapshot = pool.Snapshot();
        (snapshot.Succeeded, snapshot.Failed, snapshot.WorkersLost).ShouldBe((submissions.Length, 0, 0));
    }

    [Fact, Fault(10)]
    public async Task A_result_that_cannot_travel_fails_its_task_and_keeps_the_worker()
    {
        await using ProcessExecutor pool = FaultPool.Of(1);
        int pid = await pool.RunAsync(Arithmetic.ProcessId, 0).Time();
        Func<Task>[] failing =
        [
            () => pool.RunAsync(Failing.ReturnHalfACharacter, 1),
            () => pool.RunAsync(Failing.ReturnAnotherType, 1),
            () => pool.RunAsync(Chain, 5000),
        ];
        foreach (Func<Task> run in failing)
            (await Should.ThrowAsync<PayloadException>(() => run().Time())).Side.ShouldBe(PayloadSide.Result);
        (await pool.RunAsync(Arithmetic.ProcessId, 0).Time()).ShouldBe(pid);
    }

    [Theory, Fault(11)]
    [InlineData(StrangeFailure.MessageThrows, "HostileException")]
    [InlineData(StrangeFailure.StackTraceThrows, "HostileException")]
    [InlineData(StrangeFailure.DataThrows, "HostileException")]
    [InlineData(StrangeFailure.ToStringThrows, "HostileException")]
    [InlineData(StrangeFailure.HugeMessage, "xxxx")]
    [InlineData(StrangeFailure.CauseOfItself, "circle 0")]
    [InlineData(StrangeFailure.CausesInACircle, "circle 2")]
    [InlineData(StrangeFailure.ThousandCauses, "cause 999")]
    [InlineData(StrangeFailure.AggregateOfThousands, "99")]
    [InlineData(StrangeFailure.NoTypeOfItsOwnOnTheOtherSide, "StrangeException")]
    [InlineData(StrangeFailure.MessageWithAHalfCharacter, "half of a pair")]
    public async Task An_exception_arrives_bounded_with_type_text_and_stack_however_strange_it_is(StrangeFailure how, string told)
    {
        await using ProcessExecutor pool = FaultPool.Of(1);
        int pid = await pool.RunAsync(Arithmetic.ProcessId, 0).Time();
        Exception error = await Should.ThrowAsync<Exception>(() => pool.RunAsync(FailingStrangely.Throw, how).Time());
        error.ShouldNotBeOfType<WorkerLostException>();
        string text = Bounded(error);
        text.ShouldContain(told);
        if (how != StrangeFailure.StackTraceThrows)
            text.ShouldContain(nameof(FailingStrangely.Throw));
        if (error is RemoteTaskException remote)
            remote.TypeName.ShouldContain("Exception");
        (await pool.RunAsync(Arithmetic.ProcessId, 0).Time()).ShouldBe(pid);
    }

    [Fact, Fault(12), Fault(13)]
    public async Task A_constructor_that_throws_fails_its_task_only_on_either_side()
    {
        await using ProcessExecutor pool = FaultPool.Of(1);
        int pid = await pool.RunAsync(Arithmetic.ProcessId, 0).Time();
        Task<int>[] others = [.. Enumerable.Range(0, 20).Select(number => pool.RunAsync(Arithmetic.AddOne, number))];
        var inWorker = await Should.ThrowAsync<PayloadException>(() => pool.RunAsync(Positive.Take, Positive.Zero).Time());
        var here = await Should.ThrowAsync<PayloadException>(() => pool.RunAsync(Positive.Give, 0).Time());
        (inWorker.Side, here.Side).ShouldBe((PayloadSide.WorkerInput, PayloadSide.ParentResult));
        inWorker.ToString().ShouldContain("Boom.");
        here.ToString().ShouldContain("Boom.");
        (await Task.WhenAll(others).Time()).ShouldBe(Enumerable.Range(1, 20));
        (await pool.RunAsync(Arithmetic.ProcessId, 0).Time()).ShouldBe(pid);
    }

    [Fact, Fault(13)]
    public async Task A_result_that_takes_for_ever_to_decode_here_holds_up_no_other()
    {
        await using ProcessExecutor pool = FaultPool.Of(1);
        string gate = _files.New();
        Task<Slow> slow = pool.RunAsync(Slow.Give, gate);
        await FaultPool.Begun(gate + ".begun");
        for (int i = 0; i < 20; i++)
            (await pool.RunAsync(Arithmetic.AddOne, i).Time()).ShouldBe(i + 1);
        slow.IsCompleted.ShouldBeFalse();
        Files.Open(gate);
        (await slow.Time()).Gate.ShouldBe(gate);
    }

    [Fact, Fault(14)]
    public async Task A_value_above_the_limit_is_refused_with_limit_and_size_on_either_side()
    {
        await using ProcessExecutor pool = FaultPool.Of(1);
        int pid = await pool.RunAsync(Arithmetic.ProcessId, 0).Time();
        var error = await Should.ThrowAsync<PayloadTooLargeException>(() => pool.RunAsync(Unwritten, Payload.MaxLength + 1).Time());
        (error.Side, error.Limit).ShouldBe((PayloadSide.Result, Payload.MaxLength));
        error.Size.ShouldBeGreaterThan(error.Limit);
        error.Message.ShouldContain("1,073,741,824");
        Should.Throw<PayloadTooLargeException>(() => { _ = pool.RunAsync(Arithmetic.EchoBytes, Unwritten(Payload.MaxLength + 1)); }).Side.ShouldBe(PayloadSide.Submit);
        (await pool.RunAsync(Arithmetic.ProcessId, 0).Time()).ShouldBe(pid);
        pool.Snapshot().Failed.ShouldBe(1);
    }

    public void Dispose() => _files.Dispose();

    // Takes addresses and, as long as nobody writes to it, next to no memory.
    private static byte[] Unwritten(int length) => GC.AllocateUninitializedArray<byte>(length);

    private static Link Chain(int length)
    {
        var first = new Link();
        for (int i = 1; i < length; i++)
            first = new Link { Next = first };
        return first;
    }

    private static string Bounded(Exception error)
    {
        string text = error.ToString();
        text.Length.ShouldBeLessThan(2_000_000);
        return text;
    }
}
