using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ManyHands.Conformance.Work;

namespace ManyHands.Conformance;

/// <summary>What is shared through explicit means, on every executor in the same way.</summary>
public abstract class SharedDataContract<TFixture> : IAsyncLifetime
    where TFixture : ExecutorFixture, new()
{
    private readonly Files _files = new();

    /// <summary>Two workers.</summary>
    protected Executor Pool { get; } = new TFixture().Create(new ExecutorOptions { Workers = 2, KillAfter = TimeSpan.FromMilliseconds(200) });

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    async Task IAsyncLifetime.DisposeAsync()
    {
        await Pool.CloseAsync(CloseMode.Kill).Time();
        _files.Dispose();
    }

    protected Gate NewGate() => new(_files.New(), _files.New());

    [Fact]
    public async Task What_tasks_write_to_an_array_the_caller_sees_and_the_other_way_round()
    {
        using var array = new SharedArray<int>(1000);
        array.Span.ToArray().ShouldAllBe(number => number == 0);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(part => Pool.RunAsync(SharedWork.Fill, (array, part * 250, (part + 1) * 250)))).Time();
        array.Span.ToArray().ShouldBe(Enumerable.Range(1, 1000));
        array[0] = 1000;
        (await Pool.RunAsync(SharedWork.Sum, array).Time()).ShouldBe(500_500 + 999);
    }

    [Fact]
    public async Task An_array_travels_as_a_part_of_other_values_and_as_a_view()
    {
        using var array = SharedArray<int>.CopyOf([1, 2, 3, 4]);
        (await Pool.RunAsync(SharedWork.SumOfPart, new SharedWork.Part(array, 1, 2)).Time()).ShouldBe(5);
        (await Pool.RunAsync(SharedWork.SumOfView, array.AsReadOnly()).Time()).ShouldBe(10);
        (await Pool.MapAsync(Enumerable.Repeat(array, 100), SharedWork.Sum).ToList()).ShouldAllBe(sum => sum == 10);
    }

    [Fact]
    public async Task An_array_may_have_any_unmanaged_element_and_none_at_all()
    {
        using var points = SharedArray<Point>.CopyOf([new Point(1, 2), new Point(3, 4)]);
        (await Pool.RunAsync((SharedArray<Point> array) => array.Span[1], points).Time()).ShouldBe(new Point(3, 4));
        using var empty = new SharedArray<double>(0);
        (await Pool.RunAsync((SharedArray<double> array) => array.Length, empty).Time()).ShouldBe(0);
    }

    [Fact]
    public async Task An_array_that_is_given_back_is_the_same_memory()
    {
        using var array = SharedArray<int>.CopyOf([1, 2, 3]);
        using SharedArray<int> back = await Pool.RunAsync(SharedWork.GiveBack, array).Time();
        back[0] = 10;
        array[0].ShouldBe(10);
    }

    [Fact]
    public async Task An_array_that_a_worker_made_cannot_be_its_result_where_it_would_end_with_the_worker()
    {
        if (!Pool.Traits.CopiesArguments)
        {
            using SharedArray<int> made = await Pool.RunAsync(SharedWork.MakeOne, 3).Time();
            made.Length.ShouldBe(3);
            return;
        }

        var error = await Should.ThrowAsync<PayloadException>(() => Pool.RunAsync(SharedWork.MakeOne, 3).Time());
        error.Message.ShouldContain("Make it where the task is submitted, and pass it in.");
        error.Side.ShouldBe(PayloadSide.Result);
    }

    [Fact]
    public async Task A_task_that_disposes_what_it_was_given_harms_no_other()
    {
        if (!Pool.Traits.CopiesArguments)
            return; // there it is the caller's own object
        using var array = SharedArray<int>.CopyOf([7]);
        for (int i = 0; i < 10; i++)
            (await Pool.RunAsync(SharedWork.UseAndDispose, array).Time()).ShouldBe(7);
        array[0].ShouldBe(7);
    }

    [Fact]
    public async Task A_task_may_keep_an_array_for_later_ones()
    {
        await using Executor one = new TFixture().Create(new ExecutorOptions { Workers = 1 });
        using var array = SharedArray<int>.CopyOf([1, 2]);
        await one.RunAsync(SharedWork.Keep, array).Time();
        array[1] = 20;
        (await one.RunAsync(SharedWork.SumOfKept, 0).Time()).ShouldBe(21);
    }

    [Fact]
    public async Task An_array_that_was_disposed_before_its_task_is_an_error_that_says_so()
    {
        var array = new SharedArray<int>(10);
        array.Dispose();
        Should.Throw<ObjectDisposedException>(() => array.Span.Length);
        var error = await Should.ThrowAsync<Exception>(() => Pool.RunAsync(SharedWork.Sum, array).Time());
        error.ToString().ShouldContain(Pool.Traits.CopiesArguments ? "must not dispose it" : nameof(SharedArray<int>));
        (await Pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
    }

    [Fact]
    public void More_than_there_is_cannot_be_shared()
    {
        var error = Should.Throw<ResourceExhaustedException>(() => new SharedArray<Huge>(int.MaxValue));
        error.Kind.ShouldBe(ResourceKind.SharedMemory);
        error.Message.ShouldContain("bytes of shared memory");
        Should.Throw<ArgumentOutOfRangeException>(() => new SharedArray<int>(-1));
    }

    [Fact]
    public async Task A_broadcast_value_is_decoded_once_per_worker()
    {
        using var value = new Broadcast<SharedWork.Weighed>(new SharedWork.Weighed(7, "seven"));
        List<(int Pid, int Decoded)> seen = await Pool.MapAsync(Enumerable.Repeat(value, 200), SharedWork.Decoded).ToList();
        if (Pool.Traits.CopiesArguments)
            seen.ShouldAllBe(task => task.Decoded == 1);
    }

    [Fact]
    public async Task A_large_broadcast_value_arrives_whole()
    {
        int[] numbers = [.. Enumerable.Range(0, 1_000_000)];
        using var value = new Broadcast<int[]>(numbers);
        (await Pool.RunAsync(SharedWork.Last, value).Time()).ShouldBe(999_999);
        Should.Throw<PayloadException>(() => new Broadcast<Stream>(Stream.Null)).Side.ShouldBe(PayloadSide.Submit);
    }

    [Fact]
    public async Task Tasks_count_together_and_no_count_is_lost()
    {
        using var counter = new SharedCounter();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Pool.RunAsync(SharedWork.Count, (counter, 10_000)))).Time();
        counter.Value.ShouldBe(80_000);
        counter.Add(-80_001).ShouldBe(-1);
    }

    [Fact]
    public async Task A_lock_lets_one_task_at_a_time_in()
    {
        using var guard = new SharedLock();
        using var number = new SharedArray<int>(1);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Pool.RunAsync(SharedWork.CountGuarded, (guard, number, 500)))).Time();
        number[0].ShouldBe(2000);
    }

    [Fact]
    public async Task Whoever_waits_for_a_lock_may_give_up()
    {
        using var guard = new SharedLock();
        Gate gate = NewGate();
        Task holding = Pool.RunAsync(SharedWork.HoldLock, (guard, gate));
        await Within.Until(() => gate.HasBegun);
        guard.TryEnter(TimeSpan.Zero).ShouldBeNull();
        guard.TryEnter(TimeSpan.FromMilliseconds(20)).ShouldBeNull();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        Should.Throw<OperationCanceledException>(() => guard.Enter(cancel.Token));
        gate.Open();
        await holding.Time();
        using SharedLock.Hold? hold = guard.TryEnter(TimeSpan.FromSeconds(30));
        hold.ShouldNotBeNull().PreviousOwnerDied.ShouldBeFalse();
        hold.Dispose();
        hold.Dispose();
        guard.TryEnter(TimeSpan.Zero).ShouldNotBeNull().Dispose();
    }

    [Fact]
    public async Task Messages_are_there_while_the_task_that_wrote_them_still_runs()
    {
        using var channel = new SharedChannel<int>();
        Gate gate = NewGate();
        Task writing = Pool.RunAsync(SharedWork.WriteAndWait, (channel.Writer, 3, gate));
        await using IAsyncEnumerator<int> messages = channel.ReadAllAsync().GetAsyncEnumerator();
        for (int i = 0; i < 3; i++)
        {
            (await messages.MoveNextAsync().AsTask().Time()).ShouldBeTrue();
            messages.Current.ShouldBe(i);
        }

        writing.IsCompleted.ShouldBeFalse();
        gate.Open();
        await writing.Time();
        channel.Complete();
        (await messages.MoveNextAsync().AsTask().Time()).ShouldBeFalse();
    }

    [Fact]
    public async Task Many_writers_lose_nothing_and_each_keeps_its_order()
    {
        const int writers = 8, count = 5_000;
        using var channel = new SharedChannel<(int Writer, int Number)>(bytesPerWriter: 4096);
        Task[] tasks = [.. Enumerable.Range(0, writers).Select(own => Pool.RunAsync(SharedWork.WriteMany, (channel.Writer, own, count)))];
        _ = Task.WhenAll(tasks).ContinueWith(_ => channel.Complete(), TaskScheduler.Default);
        int[] next = new int[writers];
        await foreach ((int writer, int number) in channel.ReadAllAsync())
            number.ShouldBe(next[writer]++);
        next.ShouldAllBe(number => number == count);
        await Task.WhenAll(tasks).Time();
    }

    [Fact]
    public async Task A_writer_waits_while_the_reader_does_not_read_and_can_be_cancelled()
    {
        using var channel = new SharedChannel<int>(bytesPerWriter: 4096);
        using var written = new SharedCounter();
        using var cancel = new CancellationTokenSource();
        Task<int> writing = Pool.RunAsync(SharedWork.WriteUntilCancelled, (channel.Writer, written), cancel.Token);
        await Within.Until(() => written.Value == 4096 / 8);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => writing.Time());
        written.Value.ShouldBe(4096 / 8);
    }

    [Fact]
    public async Task Messages_of_any_type_travel_and_one_that_is_too_large_is_refused()
    {
        using var channel = new SharedChannel<string>(bytesPerWriter: 4096);
        await Pool.RunAsync(SharedWork.WriteText, (channel.Writer, "first")).Time();
        var error = await Should.ThrowAsync<PayloadTooLargeException>(() => Pool.RunAsync(SharedWork.WriteText, (channel.Writer, new string('x', 5000))).Time());
        error.Message.ShouldContain("bytesPerWriter");
        channel.Complete();
        (await channel.ReadAllAsync().ToList()).ShouldBe(["first"]);
        await Should.ThrowAsync<ChannelClosedException>(() => Pool.RunAsync(SharedWork.WriteText, (channel.Writer, "late")).Time());
        Should.Throw<InvalidOperationException>(() => channel.ReadAllAsync().GetAsyncEnumerator().MoveNextAsync().AsTask().GetAwaiter().GetResult());
        Should.Throw<ArgumentOutOfRangeException>(() => new SharedChannel<int>(5000));
    }

    [Fact]
    public async Task A_reader_that_leaves_stops_its_writers()
    {
        using var channel = new SharedChannel<int>(bytesPerWriter: 4096);
        using var written = new SharedCounter();
        Task<int> writing = Pool.RunAsync(SharedWork.WriteUntilCancelled, (channel.Writer, written));
        await foreach (int _ in channel.ReadAllAsync())
        {
            if (written.Value > 2000)
                break;
        }

        await Should.ThrowAsync<ChannelClosedException>(() => writing.Time());
    }

    [Fact]
    public async Task A_handle_that_only_a_waiting_task_has_is_there_when_the_task_begins()
    {
        Gate[] gates = [NewGate(), NewGate()];
        Task[] held = [.. gates.Select(gate => Pool.RunAsync(Gated.Answer, (gate, 1)))];
        Task<long> sum = Forget();
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Array.ForEach(gates, gate => gate.Open());
        (await sum.Time()).ShouldBe(6);
        await Task.WhenAll(held).Time();
    }

    // In a method of its own, so that no frame of the test keeps the array.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Task<long> Forget() => Pool.RunAsync(SharedWork.Sum, SharedArray<int>.CopyOf([1, 2, 3]));

    [InlineArray(4096)]
    private struct Huge
    {
        private byte _first;
    }
}
