using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ManyHands.Conformance;
using ManyHands.Platform.Linux;
using ManyHands.Sharing;

namespace ManyHands.Tests.Sharing;

/// <summary>What shared memory may hold when others have died over it, or written there what they should not.</summary>
public sealed class SharedMemoryTests
{
    private const int Nobody = (1 << 22) - 1; // no system gives ids so high, unless told to
    private const int Somebody = 1;

    [Fact]
    public async Task Rings_of_dead_writers_are_given_to_others()
    {
        using var channel = new SharedChannel<int>(4096);
        ChannelMemory memory = MemoryOf(channel);
        for (int i = 0; i < ChannelMemory.Rings; i++)
            memory.Owner(i) = Somebody;
        Should.Throw<InvalidOperationException>(() => channel.Writer.Write(1)).Message.ShouldContain("64 processes write to this channel");
        memory.Owner(5) = Nobody;
        channel.Writer.Write(7);
        memory.Owner(5).ShouldBe(Environment.ProcessId);
        memory.Owner(9) = Nobody;
        await using IAsyncEnumerator<int> messages = channel.ReadAllAsync().GetAsyncEnumerator();
        (await messages.MoveNextAsync().AsTask().Time()).ShouldBeTrue();
        messages.Current.ShouldBe(7);
        ValueTask<bool> next = messages.MoveNextAsync();
        await Within.Until(() => memory.Owner(9) == 0);
        channel.Complete();
        (await next.AsTask().Time()).ShouldBeFalse();
    }

    [Fact]
    public async Task Who_goes_on_with_the_ring_of_a_dead_writer_loses_nothing_that_it_wrote()
    {
        using var channel = new SharedChannel<int>(4096);
        ChannelMemory memory = MemoryOf(channel);
        channel.Writer.Write(1);
        for (int i = 0; i < ChannelMemory.Rings; i++)
            memory.Owner(i) = Nobody;
        new ChannelMemory(SegmentOf(channel)).Own.Write([2, 0, 0, 0], CancellationToken.None);
        channel.Complete();
        (await channel.ReadAllAsync().ToList().Time()).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_message_that_was_written_is_read_even_if_the_channel_is_completed_at_the_same_moment()
    {
        for (int round = 0; round < 100; round++)
        {
            using var channel = new SharedChannel<int>();
            int written = 0;
            var writer = new Thread(() =>
            {
                try
                {
                    for (; ; written++)
                        channel.Writer.Write(written);
                }
                catch (ChannelClosedException)
                {
                    // That is how it ends.
                }
            });
            writer.Start();
            int read = 0;
            await foreach (int _ in channel.ReadAllAsync())
            {
                if (read++ == 100)
                    channel.Complete();
            }

            writer.Join();
            read.ShouldBe(written, $"round {round}");
        }
    }

    [Fact]
    public async Task A_channel_that_is_disposed_while_it_is_read_ends_and_blames_nobody()
    {
        for (int round = 0; round < 50; round++)
        {
            var channel = new SharedChannel<int>();
            var writer = new Thread(() => Should.Throw<ChannelClosedException>(() =>
            {
                while (true)
                    channel.Writer.Write(7);
            }));
            writer.Start();
            int read = 0;
            await foreach (int message in channel.ReadAllAsync())
            {
                message.ShouldBe(7);
                if (read++ == 100)
                    channel.Dispose();
            }

            writer.Join();
            Should.Throw<InvalidOperationException>(() => channel.ReadAllAsync().GetAsyncEnumerator().MoveNextAsync().AsTask().GetAwaiter().GetResult());
        }

        var unread = new SharedChannel<int>();
        unread.Dispose();
        await Should.ThrowAsync<ObjectDisposedException>(() => unread.ReadAllAsync().ToList().Time());
    }

    [Theory]
    [InlineData(-8L)]
    [InlineData(3L)]
    [InlineData(4097L)]
    [InlineData(long.MaxValue)]
    public async Task A_ring_that_says_nonsense_about_itself_ends_the_reading_with_an_error(long written)
    {
        using var channel = new SharedChannel<int>(4096);
        channel.Writer.Write(7);
        Set(MemoryOf(channel), 0, written);
        await Should.ThrowAsync<InvalidDataException>(() => channel.ReadAllAsync().ToList().Time());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    [InlineData(int.MaxValue)]
    public async Task A_message_that_says_nonsense_about_itself_does_too(int length)
    {
        using var channel = new SharedChannel<int>(4096);
        channel.Writer.Write(7);
        Set(MemoryOf(channel), ChannelRing.HeadSize, length);
        await Should.ThrowAsync<InvalidDataException>(() => channel.ReadAllAsync().ToList().Time());
    }

    [Fact]
    public async Task A_message_that_is_none_of_the_channels_type_ends_the_reading_with_an_error()
    {
        using var channel = new SharedChannel<int>(4096);
        new SharedWriter<string>(SegmentOf(channel), isOwner: false).Write("no number");
        await Should.ThrowAsync<PayloadException>(() => channel.ReadAllAsync().ToList().Time());
        Should.Throw<ChannelClosedException>(() => channel.Writer.Write(1)); // nobody reads any more, so nobody is to wait for room
    }

    [Theory]
    [InlineData(Nobody, 0)]
    [InlineData(Somebody, 1)]
    public unsafe void A_lock_is_taken_from_a_dead_owner_even_where_another_process_has_its_id(int owner, long birth)
    {
        using var guard = new SharedLock();
        SharedSegment segment = OpenSegments.Find(((ISharedHandle<SharedLock>)guard).Address);
        Unsafe.AsRef<int>(segment.Data) = owner;
        Unsafe.AsRef<long>(segment.Data + 8) = (ProcessFiles.Birth(owner) ?? 0) + birth;
        Unsafe.AsRef<int>(segment.Data + 16) = owner;
        using SharedLock.Hold hold = guard.Enter();
        hold.PreviousOwnerDied.ShouldBeTrue();
    }

    [Fact]
    public unsafe void A_lock_is_taken_from_a_dead_owner_by_one_who_does_not_wait()
    {
        using var guard = new SharedLock();
        Unsafe.AsRef<int>(OpenSegments.Find(((ISharedHandle<SharedLock>)guard).Address).Data) = Nobody;
        using SharedLock.Hold? hold = guard.TryEnter(TimeSpan.Zero);
        hold.ShouldNotBeNull().PreviousOwnerDied.ShouldBeTrue();
    }

    [Fact]
    public unsafe void A_lock_is_not_taken_from_an_owner_that_lives()
    {
        using var guard = new SharedLock();
        SharedSegment segment = OpenSegments.Find(((ISharedHandle<SharedLock>)guard).Address);
        Unsafe.AsRef<int>(segment.Data) = Somebody;
        guard.TryEnter(TimeSpan.FromMilliseconds(200)).ShouldBeNull();
        Unsafe.AsRef<long>(segment.Data + 8) = ProcessFiles.Birth(Somebody)!.Value;
        Unsafe.AsRef<int>(segment.Data + 16) = Somebody;
        guard.TryEnter(TimeSpan.FromMilliseconds(200)).ShouldBeNull();
    }

    [Fact]
    public void A_span_that_outlives_its_array_shows_zeros_and_harms_nobody()
    {
        SharedArray<int> array = SharedArray<int>.CopyOf([1, 2, 3]);
        Span<int> span = array.Span;
        array.Dispose();
        array.Dispose();
        span.ToArray().ShouldBe([0, 0, 0]);
        span[0] = 5;
        GC.KeepAlive(array);
    }

    [Fact]
    public unsafe void An_address_leads_only_to_what_it_names()
    {
        using var array = SharedArray<int>.CopyOf([1]);
        SegmentAddress address = ((ISharedHandle<SharedArray<int>>)array).Address;
        SharedSegment mapped = SharedSegment.Map(address);
        (*(int*)mapped.Data).ShouldBe(1);
        mapped.Release();
        foreach (SegmentAddress wrong in (SegmentAddress[])
            [address with { Id = 1 }, address with { Length = 5 }, address with { Descriptor = 0 }, address with { Descriptor = 9999 }, address with { Pid = Nobody }])
        {
            Should.Throw<ObjectDisposedException>(() => SharedSegment.Map(wrong)).Message.ShouldContain("is there no more");
        }
    }

    [Fact]
    public unsafe void Memory_that_its_owner_could_cut_is_not_mapped()
    {
        int number;
        fixed (byte* name = "manyhands\0"u8)
            number = LibC.MemoryFile(name, 0x2);
        using var file = new FileDescriptor(number);
        LibC.Truncate(file, 4096 + 64).ShouldBe(0);
        LibC.Write(file, in BitConverter.GetBytes(4711L)[0], 8).ShouldBe(8);
        var address = new SegmentAddress(Environment.ProcessId, number, 4096, 4711, IsReadOnly: false);
        Should.Throw<ObjectDisposedException>(() => SharedSegment.Map(address));
        const int addSeals = 1033, shrinkGrowSeal = 7;
        LibC.Fcntl(number, addSeals, shrinkGrowSeal).ShouldBe(0);
        SharedSegment.Map(address).Release();
    }

    [Fact]
    public void A_broadcast_value_ends_with_its_disposal()
    {
        var value = new Broadcast<int[]>([1]);
        value.Value.ShouldBe([1]);
        value.Dispose();
        Should.Throw<ObjectDisposedException>(() => value.Value);
    }

    [Fact]
    public void A_process_is_dead_when_that_is_certain()
    {
        ProcessFiles.IsDead(Nobody).ShouldBeTrue();
        ProcessFiles.IsDead(Somebody).ShouldBeFalse();
        ProcessFiles.IsDead(Environment.ProcessId).ShouldBeFalse();
    }

    [Fact]
    public void Memory_that_is_left_is_the_least_of_what_the_machine_and_its_groups_have()
    {
        FreeMemory.OfMachine(["MemTotal:       1000 kB", "MemAvailable:        500 kB"]).ShouldBe(512_000);
        FreeMemory.OfMachine([]).ShouldBe(long.MaxValue);
        FreeMemory.OfGroup("1000", "400", []).ShouldBe(600);
        FreeMemory.OfGroup("400", "1000", []).ShouldBe(0);
        FreeMemory.OfGroup("max", "400", []).ShouldBe(long.MaxValue);
        FreeMemory.OfGroup(null, null, []).ShouldBe(long.MaxValue);
        FreeMemory.OfGroup("1000", "900", ["anon 100", "file 700", "shmem 50", "slab_reclaimable 60"]).ShouldBe(1000 - (900 - 650 - 60)); // what files take is given back
        FreeMemory.OfGroup("1000", "900", ["cache 1", "total_cache 700", "total_shmem 50"]).ShouldBe(1000 - (900 - 650));
        FreeMemory.Bytes().ShouldBeInRange(1 << 20, 1L << 50);
    }

    private static unsafe void Set<T>(ChannelMemory memory, int at, T value) where T : unmanaged => Unsafe.WriteUnaligned(memory.Ring(0) + at, value);

    private static SharedSegment SegmentOf<T>(SharedChannel<T> channel) => OpenSegments.Find(((ISharedHandle<SharedWriter<T>>)channel.Writer).Address);

    private static ChannelMemory MemoryOf<T>(SharedChannel<T> channel) => SegmentOf(channel).Attachment(static segment => new ChannelMemory(segment));
}
