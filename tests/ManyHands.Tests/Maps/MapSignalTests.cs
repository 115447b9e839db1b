using ManyHands.Maps;

namespace ManyHands.Tests.Maps;

public sealed class MapSignalTests
{
    [Fact]
    public async Task A_wait_ends_at_the_next_set()
    {
        var signal = new MapSignal();
        Task wait = signal.WaitAsync();
        wait.IsCompleted.ShouldBeFalse();
        signal.Set();
        await wait.WaitAsync(TimeSpan.FromSeconds(20)); // elsewhere, so that it does not run in there
    }

    [Fact]
    public void A_set_before_the_wait_is_not_lost_and_several_are_one()
    {
        var signal = new MapSignal();
        signal.Set();
        signal.Set();
        signal.WaitAsync().IsCompleted.ShouldBeTrue();
        signal.WaitAsync().IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public void A_set_that_ends_a_wait_nobody_looks_at_any_more_is_seen_by_the_next_wait()
    {
        var signal = new MapSignal();
        _ = signal.WaitAsync(); // the reader was woken by its input instead
        signal.Set();
        signal.WaitAsync().IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_reader_that_looks_before_it_waits_misses_nothing()
    {
        const int count = 20_000;
        var signal = new MapSignal();
        int produced = 0, abandoned = 0;
        Task producer = Task.Run(() =>
        {
            for (int i = 0; i < count; i++)
            {
                Interlocked.Increment(ref produced);
                signal.Set();
            }
        });
        while (Volatile.Read(ref produced) < count)
        {
            Task wait = signal.WaitAsync();
            if ((abandoned++ & 3) != 0 || Volatile.Read(ref produced) >= count)
                continue;
            await wait.WaitAsync(TimeSpan.FromSeconds(20));
        }

        await producer;
    }
}
