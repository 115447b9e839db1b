using ManyHands.Conformance;
using ManyHands.Conformance.Work;
using ManyHands.Platform.Linux;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>Workers that lie to their parent: what they say decides nothing but their own end, and nobody waits for ever.</summary>
public sealed class LyingWorkers : IDisposable
{
    private readonly Files _files = new();

    [Fact]
    public async Task A_batch_that_is_said_to_have_no_more_costs_its_worker_and_what_that_had_begun_and_every_other_item_gives_its_result()
    {
        await using ProcessExecutor pool = FaultPool.Of(2);
        int results = 0;
        var error = await Should.ThrowAsync<MapFailedException>(async () =>
        {
            await foreach (int _ in pool.MapAsync(Enumerable.Range(0, 20_000).Select(number => (number, 10_000)), Lying.EndBatch, new MapOptions { OnFailure = OnFailure.Continue }))
                results++;
        }).Time();
        error.Failures.ShouldAllBe(failure => failure.Error is WorkerLostException && ((WorkerLostException)failure.Error).Cause == WorkerLossCause.ProtocolError);
        error.Failures.ShouldAllBe(failure => failure.Index > 10_000); // the next one, and what a quick worker began before the lie was found out
        results.ShouldBe(20_000 - error.Failures.Count);
        pool.Snapshot().WorkersLost.ShouldBe(1);
        await pool.IsWhole(2);
    }

    [Fact]
    public async Task A_task_that_hides_its_beginning_fails_after_three_workers_and_the_executor_goes_on()
    {
        await using ProcessExecutor pool = FaultPool.Of(2);
        await pool.RunAsync(Arithmetic.AddOne, 1).Time();
        Task<int> poison = pool.RunAsync(Lying.HideAndDie, 0);
        Task<int>[] others = [.. Enumerable.Range(0, 100).Select(number => pool.RunAsync(Waiting.For, 1 + (number % 3)))];
        var error = await Should.ThrowAsync<WorkerLostException>(() => poison.Time());
        (error.Attempt, error.TaskState).ShouldBe((3, LostTaskState.Unknown));
        await Task.WhenAll(others).Time();
        (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
        pool.Snapshot().WorkersLost.ShouldBe(3);
    }

    [Fact]
    public async Task A_cancelled_task_is_killed_although_everything_behind_it_is_said_to_have_begun()
    {
        await using ProcessExecutor pool = FaultPool.Of(1);
        for (int i = 0; i < 1000; i++)
            await pool.RunAsync(Arithmetic.AddOne, i); // so that many lie ready in a lane
        using var cancel = new CancellationTokenSource();
        string begun = _files.New();
        Task hold = pool.RunAsync(Waiting.For, 200); // they go to the lane together
        Task<int> liar = pool.RunAsync(Lying.PassOn, begun, cancel.Token);
        Task<int>[] behind = [.. Enumerable.Range(0, 20).Select(number => pool.RunAsync(Arithmetic.AddOne, number))];
        await hold.Time();
        await Within.Until(() => File.Exists(begun));
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => liar.Time());
        await Task.WhenAll(behind.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default))).Time(); // each has an end
        (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
    }

    [Fact]
    public async Task Tasks_that_a_lane_was_made_to_pass_over_are_run_or_reported_all_the_same()
    {
        await using ProcessExecutor pool = FaultPool.Of(1);
        for (int i = 0; i < 1000; i++)
            await pool.RunAsync(Arithmetic.AddOne, i);
        Task hold = pool.RunAsync(Waiting.For, 200);
        Task liar = pool.RunAsync(Lying.Orphan, 100);
        Task<int>[] behind = [.. Enumerable.Range(0, 20).Select(number => pool.RunAsync(Arithmetic.AddOne, number))];
        await hold.Time();
        foreach (Task task in (Task[])[liar, .. behind])
            await Task.WhenAny(task).Time();
        (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
    }

    [Fact]
    public async Task A_flood_of_answers_to_no_question_costs_its_worker_and_holds_up_nobody()
    {
        await using var pool = new ProcessExecutor(FaultPool.Options(2) with { HeartbeatLimit = TimeSpan.FromSeconds(2) });
        Task<int> flood = pool.RunAsync(Lying.FloodPongs, 0);
        (await Should.ThrowAsync<WorkerLostException>(() => flood.Time())).Cause.ShouldBe(WorkerLossCause.ProtocolError);
        (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
    }

    [Fact]
    public async Task A_result_above_the_limit_is_its_task_s_error_and_the_worker_is_kept()
    {
        await using var pool = new ProcessExecutor(FaultPool.Options(1) with { MaxResult = 100_000 });
        int pid = await pool.RunAsync(Arithmetic.ProcessId, 0).Time();
        var error = await Should.ThrowAsync<PayloadTooLargeException>(() => pool.RunAsync(Bytes, 200_000).Time());
        (error.Limit, error.Side).ShouldBe((100_000, PayloadSide.ParentResult));
        (await pool.RunAsync(Bytes, 90_000).Time()).Length.ShouldBe(90_000);
        var map = await Should.ThrowAsync<MapFailedException>(async () =>
        {
            await foreach (byte[] _ in pool.MapAsync([10, 200_000, 20], Bytes, new MapOptions { OnFailure = OnFailure.Continue }))
            {
            }
        }).Time();
        map.Failures.ShouldHaveSingleItem().Index.ShouldBe(1);
        (await pool.RunAsync(Arithmetic.ProcessId, 0).Time()).ShouldBe(pid);
    }

    [Fact]
    public async Task Workers_whose_exit_status_is_taken_by_other_code_of_the_application_are_lost_and_replaced()
    {
        await using ParentProgram parent = ParentProgram.Start(null, "reaped");
        string[] causes = (await parent.ReadLine()).Split(' ');
        causes.Length.ShouldBe(4);
        causes.ShouldBeSubsetOf(["Unknown", "FailFast", "2"]);
        causes[^1].ShouldBe("2");
        (await parent.Ended()).ShouldBe(0);
    }

    [Fact]
    public unsafe void A_broadcast_s_memory_cannot_be_mapped_for_writing_by_those_who_can_open_it()
    {
        using SharedMemory sealedOne = SharedMemory.Create(4096, reserve: true, ownWrites: true), other = SharedMemory.Create(4096);
        *sealedOne.Address = 7;
        Map(sealedOne, readOnly: false).ShouldBe(-1);
        Map(other, readOnly: false).ShouldNotBe(-1);
        Map(sealedOne, readOnly: true).ShouldNotBe(-1);

        static nint Map(SharedMemory memory, bool readOnly)
        {
            nint address = LibC.Map(0, 4096, readOnly ? 1 : 3, 1, (int)memory.Descriptor.DangerousGetHandle(), 0);
            if (address != -1)
                _ = LibC.Unmap(address, 4096);
            return address;
        }
    }

    [Fact]
    public unsafe void A_file_that_only_looks_like_shared_memory_is_not_mapped()
    {
        int number;
        fixed (byte* name = "manyhands-unsealed\0"u8)
            number = LibC.MemoryFile(name, 0); // it cannot be sealed, and says so by −1 or by one seal
        using var descriptor = new FileDescriptor(number);
        LibC.Truncate(descriptor, 4096).ShouldBe(0);
        SharedMemory.TryOpen(Environment.ProcessId, number, 4096, readOnly: true).ShouldBeNull();
    }

    public void Dispose() => _files.Dispose();

    private static byte[] Bytes(int length) => new byte[length];
}
