using ManyHands.Protocol;

namespace ManyHands.Scenarios.Tests.TransportBackPressure;

/// <summary>Queues and channels that are full because somebody does not read, or has died within a message.</summary>
public abstract class FullChannels<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    [Fact]
    [Ported("cpython/test_deadlock/test_gh105829_should_not_deadlock_if_wakeup_pipe_full")]
    public async Task A_hundred_tasks_can_be_submitted_while_the_executor_is_held_up()
    {
        var observer = new HeldObserver();
        await using Executor pool = New(new ExecutorOptions { Workers = 2, Observer = observer });
        Task<int> first = pool.RunAsync(Arithmetic.AddOne, 0);
        await Within.Until(() => observer.IsHeld); // whoever reports ends is held up from here on
        Task<Task<int>[]> submitting = Task.Run(() => Enumerable.Range(0, 100).Select(number => pool.RunAsync(Arithmetic.AddOne, number)).ToArray());
        Task<int>[] tasks = await submitting.Time();
        observer.Release();
        await first.Time();
        (await Task.WhenAll(tasks).Time()).ShouldBe(Enumerable.Range(1, 100));
    }

    [SkippableFact]
    [Ported("loky/test_reusable_executor/test_queue_full_deadlock")]
    public async Task A_hundred_refused_arguments_take_no_place_of_a_hundred_good_ones()
    {
        NeedsCopies();
        await using Executor pool = New(new ExecutorOptions { Workers = 1, QueueLimit = 20 });
        Task<int> first = pool.RunAsync(Arithmetic.Echo, 42);
        for (int i = 0; i < 100; i++)
            Should.Throw<PayloadException>(() => { _ = pool.RunAsync(Bombs.Take, Bomb.Of(Moment.Encoding, Way.Throw)); });
        Task<int>[] good = [.. Enumerable.Range(0, 100).Select(_ => pool.RunAsync(Bombs.Take, Bomb.Of(Moment.Never, Way.Throw)))];
        (await Task.WhenAll(good).Time()).ShouldAllBe(result => result == (int)Moment.Never);
        (await first.Time()).ShouldBe(42);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    [Ported("pebble/test_process_pool/deadlock_on_new_futures", Stronger = true)]
    [Fault(46)]
    public async Task A_worker_that_dies_while_it_is_being_written_to_holds_up_nobody(bool closing)
    {
        NeedsProcesses();
        Executor pool = New(workers: 1);
        int pid = await pool.RunAsync(Arithmetic.ProcessId, 0).Time();
        Processes.Stop(pid); // it reads no more
        byte[] big = new byte[20_000_000];
        Task<int>[] tasks = [.. Enumerable.Range(0, 3).Select(_ => pool.RunAsync(BigData.Last, big))];
        Task closed = closing ? pool.CloseAsync() : Task.CompletedTask;
        Processes.Kill(pid);
        (await Task.WhenAll(tasks).Time()).ShouldBe([0, 0, 0]); // it had begun none of them
        await closed.Time();
        await pool.CloseAsync().Time();
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    [Ported("pebble/test_process_pool/deadlock_on_result", Stronger = true)]
    [Fault(6)]
    public async Task A_worker_that_dies_within_its_result_holds_up_nobody(bool closing)
    {
        NeedsProcesses();
        Executor pool = New(workers: 1);
        Gate gate = NewGate();
        byte[] frame = new byte[FrameHeader.Size + 3];
        new FrameHeader(FrameKind.Result, 1000).Write(frame); // and three bytes of the thousand
        Task<int> dying = pool.RunAsync(Flooding.WriteAndExit, (gate, frame));
        Task<int> next = pool.RunAsync(Arithmetic.AddOne, 1);
        await Within.Until(() => gate.HasBegun);
        Task closed = closing ? pool.CloseAsync() : Task.CompletedTask;
        gate.Open();
        (await Should.ThrowAsync<WorkerLostException>(() => dying.Time())).ExitCode.ShouldBe(0);
        (await next.Time()).ShouldBe(2);
        await closed.Time();
        await pool.CloseAsync().Time();
    }

    [SkippableFact]
    [Ported("pebble/test_process_pool_generic/test_message_flood_from_worker")]
    [Fault(18)]
    public async Task A_worker_that_floods_the_channel_stops_neither_closing_nor_the_others()
    {
        NeedsProcesses("The channel of a process is what is flooded.");
        Executor pool = New(workers: 2);
        Gate gate = NewGate();
        byte[] frame = new byte[FrameHeader.Size];
        new FrameHeader(FrameKind.Result).Write(frame); // valid, and about no task
        Task flooding = pool.RunAsync(Flooding.WriteForEver, (gate, frame));
        await Within.Until(() => gate.HasBegun);
        (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
        await pool.CloseAsync(CloseMode.Kill).Time();
        await Should.ThrowAsync<Exception>(() => flooding.Time());
        Processes.IsAlive(gate.Pid()).ShouldBeFalse();
    }

    /// <summary>Holds up the first end that is reported to it.</summary>
    private sealed class HeldObserver : ExecutorObserver
    {
        private readonly ManualResetEventSlim _release = new();
        private int _ends;

        public bool IsHeld => Volatile.Read(ref _ends) > 0;

        public override void Observe(ExecutorEvent executorEvent)
        {
            if (executorEvent is TaskEnded && Interlocked.Increment(ref _ends) == 1)
                _release.Wait(Within.Limit);
        }

        public void Release() => _release.Set();
    }
}

public sealed class FullChannelsOnThreads(SharedExecutor<OnThreads> shared) : FullChannels<OnThreads>(shared);

public sealed class FullChannelsOnContexts(SharedExecutor<OnContexts> shared) : FullChannels<OnContexts>(shared);

public sealed class FullChannelsOnProcesses(SharedExecutor<OnProcesses> shared) : FullChannels<OnProcesses>(shared);

public sealed class FullChannelsOverPortableTransport(SharedExecutor<OverPortableTransport> shared) : FullChannels<OverPortableTransport>(shared);
