using System.Diagnostics;
using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests;

public sealed class ProcessesShareDataOverThePortableTransport : SharedDataContract<PortableProcessFixture>;

/// <summary>The same, and what only happens between processes: death, and malice.</summary>
public sealed class ProcessesShareData : SharedDataContract<ProcessFixture>
{
    [Fact]
    public async Task A_worker_that_dies_while_it_changes_an_array_leaves_what_it_had_written_and_harms_nobody()
    {
        using var array = SharedArray<int>.CopyOf([1, 2, 3]);
        await Should.ThrowAsync<WorkerLostException>(() => Pool.RunAsync(SharedWork.ChangeAndDie, array).Time());
        array.Span.ToArray().ShouldBe([42, 2, 3]);
        (await Pool.RunAsync(SharedWork.Sum, array).Time()).ShouldBe(47);
    }

    [Fact]
    public async Task Whoever_writes_to_a_view_crashes_and_spoils_nothing()
    {
        using var array = SharedArray<int>.CopyOf([1, 2, 3]);
        var error = await Should.ThrowAsync<WorkerLostException>(() => Pool.RunAsync(SharedWork.Spoil, array.AsReadOnly()).Time());
        error.Cause.ShouldBe(WorkerLossCause.Crashed);
        array.Span.ToArray().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task No_worker_can_cut_the_memory_of_its_caller()
    {
        using var array = SharedArray<int>.CopyOf([1, 2, 3]);
        (int found, int cut) = await Pool.RunAsync(SharedWork.CutAll, Environment.ProcessId).Time();
        found.ShouldBeGreaterThan(1); // the array, and the memory of lanes
        cut.ShouldBe(0);
        array.Span.ToArray().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Memory_goes_when_its_owner_and_all_workers_have_done_with_it()
    {
        const int length = 5_000_017;
        await using Executor one = new ProcessFixture().Create(new ExecutorOptions { Workers = 1 });
        var array = new SharedArray<int>(length);
        await one.RunAsync(SharedWork.Sum, array).Time();
        (await one.RunAsync(SharedWork.MappingsOf, length * 4L).Time()).ShouldBe(1);
        SharedWork.MappingsOf(length * 4L).ShouldBe(1);
        array.Dispose();
        SharedWork.MappingsOf(length * 4L).ShouldBe(0);
        var start = Stopwatch.StartNew();
        while (await one.RunAsync(SharedWork.MappingsOf, length * 4L).Time() > 0 && start.Elapsed < Within.Limit)
            await Task.Delay(50);
        (await one.RunAsync(SharedWork.MappingsOf, length * 4L).Time()).ShouldBe(0);
    }

    [Fact]
    public async Task A_lock_whose_owner_dies_is_released_and_the_next_owner_is_told()
    {
        using var guard = new SharedLock();
        await Should.ThrowAsync<WorkerLostException>(() => Pool.RunAsync(SharedWork.DieWithLock, guard).Time());
        using (SharedLock.Hold hold = guard.Enter())
            hold.PreviousOwnerDied.ShouldBeTrue();
        using (SharedLock.Hold hold = guard.Enter())
            hold.PreviousOwnerDied.ShouldBeFalse();
    }

    [Fact]
    public async Task A_writer_that_dies_is_read_to_its_end_and_holds_up_no_other()
    {
        using var channel = new SharedChannel<int>();
        List<int> read = [];
        Task reading = Task.Run(async () =>
        {
            await foreach (int number in channel.ReadAllAsync())
                read.Add(number);
        });
        await Should.ThrowAsync<WorkerLostException>(() => Pool.RunAsync(SharedWork.WriteAndDie, (channel.Writer, 1000)).Time());
        Gate gate = NewGate();
        gate.Open();
        await Pool.RunAsync(SharedWork.WriteAndWait, (channel.Writer, 10, gate)).Time();
        channel.Complete();
        await reading.Time();
        read.ShouldBe([.. Enumerable.Range(0, 1000), .. Enumerable.Range(0, 10)]);
    }

    [Fact]
    public async Task Lanes_of_one_worker_decode_a_broadcast_value_once()
    {
        await using Executor lanes = new ProcessFixture().Create(new ProcessExecutorOptions { Workers = 1, LanesPerWorker = 4, Output = WorkerOutput.Discard });
        using var value = new Broadcast<SharedWork.Weighed>(new SharedWork.Weighed(7, "seven"));
        List<(int Pid, int Decoded)> seen = await lanes.MapAsync(Enumerable.Repeat(value, 100), SharedWork.Decoded).ToList();
        seen.ShouldAllBe(task => task.Decoded == 1);
    }

    [Fact]
    public async Task What_a_worker_made_cannot_leave_it_by_a_channel_either()
    {
        using var channel = new SharedChannel<SharedArray<int>>();
        var error = await Should.ThrowAsync<PayloadException>(() => Pool.RunAsync((SharedWriter<SharedArray<int>> writer) => writer.Write(new SharedArray<int>(3)), channel.Writer).Time());
        error.Message.ShouldContain("Make it where the task is submitted");
    }

    [Fact]
    public async Task A_worker_hands_on_to_its_own_workers_what_it_was_given()
    {
        using var array = SharedArray<int>.CopyOf([1, 2, 3]);
        long sum = await Pool.RunAsync(
            static async (SharedArray<int> array) =>
            {
                await using var inner = new ProcessExecutor(workers: 1);
                return await inner.RunAsync(SharedWork.Sum, array);
            },
            array).Time();
        sum.ShouldBe(6);
    }
}
