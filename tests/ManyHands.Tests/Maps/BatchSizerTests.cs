using ManyHands.Maps;

namespace ManyHands.Tests.Maps;

public sealed class BatchSizerTests
{
    [Fact]
    public void It_begins_with_one_and_grows_fourfold_toward_ten_milliseconds()
    {
        var sizer = new BatchSizer();
        sizer.Size.ShouldBe(1);
        var sizes = new List<int>();
        for (int i = 0; i < 8; i++)
        {
            sizer.Measured(sizer.Size, TimeSpan.FromMicroseconds(10) * sizer.Size);
            sizes.Add(sizer.Size);
        }

        sizes.ShouldBe([4, 16, 64, 256, 1000, 1000, 1000, 1000]);
    }

    [Fact]
    public void It_never_grows_above_its_limit_or_from_less_than_a_whole_batch()
    {
        var sizer = new BatchSizer();
        for (int i = 0; i < 20; i++)
            sizer.Measured(sizer.Size, TimeSpan.Zero);
        sizer.Size.ShouldBe(BatchSizer.MaxCount);

        sizer = new BatchSizer();
        sizer.Measured(1, TimeSpan.Zero);
        sizer.Measured(3, TimeSpan.Zero);
        sizer.Size.ShouldBe(4);
    }

    [Fact]
    public void It_drops_at_once_when_tasks_get_slow()
    {
        var sizer = new BatchSizer();
        for (int i = 0; i < 10; i++)
            sizer.Measured(sizer.Size, TimeSpan.Zero);
        sizer.Measured(1, TimeSpan.FromSeconds(1));
        sizer.Size.ShouldBe(1);
        sizer.Measured(0, TimeSpan.Zero);
        sizer.Size.ShouldBe(1);
    }
}
