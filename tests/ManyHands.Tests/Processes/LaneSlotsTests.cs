using ManyHands.Processes;
using ManyHands.Protocol;
using ManyHands.Tests.Pooling;
using ManyHands.Transports;

namespace ManyHands.Tests.Processes;

/// <summary>What a worker writes into the marks and says in its frames, held against what its parent knows.</summary>
public sealed class LaneSlotsTests : IDisposable
{
    private readonly LaneMemory _memory = LaneMemory.Create(lanes: 1);
    private readonly List<Exception> _broken = [];
    private readonly LaneSlots _slots;

    public LaneSlotsTests() => _slots = new LaneSlots(_memory, 0, _broken.Add);

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void Results_come_in_order_and_a_later_one_is_refused_while_an_earlier_item_is_open()
    {
        var (_, first) = Open("first");
        var (_, second) = Open("second");
        Should.Throw<ProtocolException>(() => _slots.Next(second));
        _slots.Next(first).Name.ShouldBe("first");
        _slots.Close(first);
        _slots.Next(second).Name.ShouldBe("second");
        _slots.Close(second);
        Should.Throw<ProtocolException>(() => _slots.Next(second)); // ended
    }

    [Fact]
    public void An_item_that_was_taken_back_holds_up_nobody()
    {
        var (first, _) = Open("first");
        var (_, second) = Open("second");
        _slots.TakeBack(first, leave: 0).ShouldBe(0);
        _slots.Next(second).Name.ShouldBe("second");
    }

    [Fact]
    public void The_results_of_a_batch_come_one_after_the_other_and_all_of_them()
    {
        var (item, header) = Open("batch", count: 4);
        Begin(header, times: 2);
        _slots.NextIndex(header).ShouldBe(0);
        Should.Throw<ProtocolException>(() => _slots.NextIndex(header));
        Should.Throw<ProtocolException>(() => _slots.NextIndex(header with { Number = 2 }));
        Should.Throw<ProtocolException>(() => _slots.CloseBatch(header));
        _slots.TakeBack(item, leave: 0).ShouldBe(2);
        _slots.NextIndex(header with { Number = 1 }).ShouldBe(1);
        Should.Throw<ProtocolException>(() => _slots.NextIndex(header with { Number = 2 })); // taken back
        _slots.CloseBatch(header);
        _slots.Find(header).ShouldBeNull();
    }

    [Theory]
    [InlineData(0xFFFF, 0)] // no more may begin
    [InlineData(0xFFFF, 9)] // more may
    [InlineData(0xFFFF0000, 7 << 16)] // more have begun than there are
    [InlineData(0xFFFF0000, 0)] // what has a result has not begun
    [InlineData(-1L << 32, 99L << 32)] // it is another item's
    public void A_mark_that_cannot_be_is_found_and_nothing_is_taken_back_by_it(long where, long what)
    {
        var (item, header) = Open("batch", count: 4);
        Begin(header, times: 2);
        _slots.NextIndex(header);
        _slots.LookOver();
        ref long mark = ref _memory.Mark(0, header.Slot);
        mark = (mark & ~where) | what;
        Should.Throw<ProtocolException>(_slots.LookOver);
        _slots.TakeBack(item, leave: 0).ShouldBe(4);
        _broken.ShouldHaveSingleItem().ShouldBeOfType<ProtocolException>();
        _slots.Begun(item).ShouldBe(2); // the one with a result, and the one behind it
    }

    [Fact]
    public void A_mark_that_never_stands_still_is_given_up()
    {
        var (item, header) = Open("batch", count: 30_000);
        bool stops = false;
        var worker = new Thread(() =>
        {
            while (!Volatile.Read(ref stops))
            {
                Interlocked.Add(ref _memory.Mark(0, header.Slot), 1L << 16);
                Interlocked.Add(ref _memory.Mark(0, header.Slot), -(1L << 16));
            }
        });
        worker.Start();
        for (int i = 0; i < 100; i++)
            _slots.TakeBack(item, leave: 30_000); // ends, one way or the other
        Volatile.Write(ref stops, true);
        worker.Join();
    }

    private (SimulatedItem Item, FrameHeader Header) Open(string name, int count = 1)
    {
        var item = new SimulatedItem(name, count: count);
        int slot = _slots.Open(item);
        return (item, new FrameHeader(count == 1 ? FrameKind.Result : FrameKind.BatchResult, 0, (ushort)slot, item.Id.Value));
    }

    private void Begin(FrameHeader header, int times)
    {
        ref long mark = ref _memory.Mark(0, header.Slot);
        for (int i = 0; i < times; i++)
            Claim.TryBegin(ref mark, (uint)(mark >> 32), out _).ShouldBeTrue();
    }
}
