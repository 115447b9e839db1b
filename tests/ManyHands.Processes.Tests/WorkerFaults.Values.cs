using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests;

/// <content>Values that do not travel, output, environment.</content>
public abstract partial class WorkerFaults<TFixture>
{
    [Fact, Fault(18)]
    public async Task What_the_work_prints_never_reaches_the_transport()
    {
        var log = new EventLog();
        await using Executor pool = _fixture.Create(new ExecutorOptions { Workers = 1, Observer = log }, WorkerOutput.Observer);
        string frame = new('\x01', 24);
        (await pool.RunAsync(Crashing.Print, frame + "\nsecond").Time()).ShouldBe(31);
        (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
        await pool.CloseAsync().Time();
        log.Events.OfType<WorkerPrinted>().Select(printed => printed.Line).ShouldBe([frame, "second"]);
    }

    [Fact]
    public async Task Lines_that_workers_print_reach_the_observer_in_order()
    {
        var log = new EventLog();
        await using (Executor pool = _fixture.Create(new ExecutorOptions { Workers = 1, Observer = log }, WorkerOutput.Observer))
        {
            await pool.RunAsync(Crashing.PrintLines, (1000, false)).Time();
            await pool.RunAsync(Crashing.PrintLines, (1000, true)).Time();
        }

        foreach (bool isError in (bool[])[false, true])
            log.Events.OfType<WorkerPrinted>().Where(printed => printed.IsError == isError).Select(printed => printed.Line).ShouldBe(Enumerable.Range(0, 1000).Select(i => $"line {i}"));
    }

    [Fact]
    public async Task What_a_task_prints_reaches_the_observer_before_its_result_and_its_end()
    {
        var log = new EventLog();
        await using Executor pool = _fixture.Create(new ExecutorOptions { Workers = 2, Observer = log }, WorkerOutput.Observer);
        for (int i = 0; i < 100; i++)
        {
            await pool.RunAsync(Printing.Line, ($"line {i}", i % 2 == 0)).Time();
            log.Events.OfType<WorkerPrinted>().Count().ShouldBe(i + 1);
        }

        await pool.RunAsync(Printing.Begin, "a line without end").Time();
        log.Events.OfType<WorkerPrinted>().Last().ShouldSatisfyAllConditions(line => line.Line.ShouldBe("a line without end"), line => line.Ends.ShouldBeFalse());
        await Should.ThrowAsync<InvalidOperationException>(() => pool.RunAsync(Printing.LineAndThrow, "before the error").Time());
        log.Events.OfType<WorkerPrinted>().Last().Line.ShouldBe("before the error");

        ExecutorEvent[] events = [.. log.Events.Where(happened => happened is TaskEnded or WorkerPrinted)];
        for (int i = 0; i < 204; i++)
            events[i].ShouldBeOfType(i % 2 == 0 ? typeof(WorkerPrinted) : typeof(TaskEnded));
    }

    [Fact, Fault(9)]
    public async Task An_argument_that_cannot_travel_is_refused_in_the_callers_own_call()
    {
        await using Executor pool = New(workers: 1);
        Should.Throw<PayloadException>(() => { _ = pool.RunAsync(Arithmetic.EchoAny<MemoryStream>, new MemoryStream()); }).Side.ShouldBe(PayloadSide.Submit);
        Should.Throw<PayloadException>(() => { _ = pool.RunAsync(Arithmetic.EchoAny<nint>, (nint)1); });
        Should.Throw<PayloadException>(() => { _ = pool.RunAsync(Arithmetic.EchoAny<object>, new object()); });
        pool.Snapshot().Workers.ShouldBeEmpty(); // nothing was queued
    }

    [Fact, Fault(10), Fault(12), Fault(13)]
    public async Task Values_that_cannot_be_encoded_or_decoded_fail_their_task_only()
    {
        await using Executor pool = New(workers: 1);
        int pid = await pool.RunAsync(Arithmetic.ProcessId, 0).Time();
        (await Should.ThrowAsync<PayloadException>(() => pool.RunAsync(Failing.ReturnHalfACharacter, 1).Time())).Side.ShouldBe(PayloadSide.Result);
        (await Should.ThrowAsync<PayloadException>(() => pool.RunAsync(Failing.ReturnAnotherType, 1).Time())).Side.ShouldBe(PayloadSide.Result);
        (await Should.ThrowAsync<PayloadException>(() => pool.RunAsync(Failing.Take, new Explosive(666)).Time())).Side.ShouldBe(PayloadSide.WorkerInput);
        (await Should.ThrowAsync<PayloadException>(() => pool.RunAsync(Failing.Give, 666).Time())).Side.ShouldBe(PayloadSide.ParentResult);
        (await pool.RunAsync(Arithmetic.ProcessId, 0).Time()).ShouldBe(pid); // the worker was kept
    }

    [Fact, Fault(11)]
    public async Task An_exception_that_cannot_be_rebuilt_comes_as_a_remote_one()
    {
        await using Executor pool = New(workers: 1);
        var error = await Should.ThrowAsync<RemoteTaskException>(() => pool.RunAsync(Failing.ThrowStrange, 5).Time());
        error.TypeName.ShouldContain(nameof(StrangeException));
        error.Message.ShouldContain("strange 5");
        error.RemoteStack.ShouldNotBeNull().ShouldContain(nameof(Failing.ThrowStrange));
        (await Should.ThrowAsync<Exception>(() => pool.RunAsync(Failing.ThrowHuge, 10_000_000).Time())).Message.Length.ShouldBeLessThan(1_000_000);
    }

    [Fact]
    public async Task Workers_have_the_variables_that_code_has_set_and_those_of_the_options()
    {
        Environment.SetEnvironmentVariable("MANYHANDS_TEST_SET", "by code");
        await using Executor pool = New(workers: 1);
        (await pool.RunAsync(Arithmetic.Variable, "MANYHANDS_TEST_SET").Time()).ShouldBe("by code");
    }
}

/// <summary>Doubles integers in each direction; nothing else travels.</summary>
public sealed class TwiceCodec : IPayloadCodec
{
    public void Encode<T>(T value, System.Buffers.IBufferWriter<byte> output)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), 2 * (int)(object)value!);
        output.Advance(4);
    }

    public T Decode<T>(ReadOnlySpan<byte> payload) => (T)(object)System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(payload);
}
