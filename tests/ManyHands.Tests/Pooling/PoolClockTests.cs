using ManyHands.Conformance;
using ManyHands.Pooling;

namespace ManyHands.Tests.Pooling;

public sealed class PoolClockTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    [Fact]
    public void It_calls_once_when_the_time_has_come_and_not_before()
    {
        using var called = new SemaphoreSlim(0);
        var clock = new PoolClock(TimeProvider.System, () => called.Release());
        TimeSpan due = clock.Now + TimeSpan.FromMilliseconds(30);
        clock.WakeAt(due);
        called.Wait(_limit).ShouldBeTrue();
        clock.Now.ShouldBeGreaterThanOrEqualTo(due);
        called.Wait(TimeSpan.FromMilliseconds(30)).ShouldBeFalse();
        clock.Stop();
    }

    [Fact]
    public void A_sooner_time_counts_and_a_later_one_puts_it_off()
    {
        using var called = new SemaphoreSlim(0);
        var clock = new PoolClock(TimeProvider.System, () => called.Release());
        clock.WakeAt(clock.Now + TimeSpan.FromHours(5));
        clock.WakeAt(clock.Now + TimeSpan.FromMilliseconds(10));
        called.Wait(_limit).ShouldBeTrue();

        clock.WakeAt(clock.Now + TimeSpan.FromMilliseconds(20));
        clock.WakeAt(TimeSpan.MaxValue);
        called.Wait(TimeSpan.FromMilliseconds(60)).ShouldBeFalse();
        clock.Stop();
    }

    [Fact]
    public void Time_comes_from_the_provider_and_starts_at_zero()
    {
        var time = new ManualTime();
        var clock = new PoolClock(time, () => { });
        clock.Now.ShouldBe(TimeSpan.Zero);
        time.Ticks += TimeSpan.FromMinutes(3).Ticks;
        clock.Now.ShouldBe(TimeSpan.FromMinutes(3));
    }

    [Fact, Fault(31)]
    public void A_wall_clock_that_jumps_is_not_even_looked_at()
    {
        var time = new JumpingTime();
        using var called = new SemaphoreSlim(0);
        var clock = new PoolClock(time, () => called.Release());
        for (int i = 0; i < 5; i++)
        {
            TimeSpan due = clock.Now + TimeSpan.FromMilliseconds(20);
            clock.WakeAt(due);
            called.Wait(_limit).ShouldBeTrue();
            clock.Now.ShouldBeInRange(due, due + _limit);
        }

        clock.Stop();
        time.Looks.ShouldBe(0);
    }

    [Fact]
    public void Its_thread_ends_when_it_is_stopped_even_by_itself()
    {
        Thread? thread = null;
        PoolClock? clock = null;
        using var called = new ManualResetEventSlim();
        clock = new PoolClock(TimeProvider.System, () =>
        {
            thread = Thread.CurrentThread;
            clock!.Stop();
            called.Set();
        });
        clock.WakeAt(clock.Now);
        called.Wait(_limit).ShouldBeTrue();
        thread!.Join(_limit).ShouldBeTrue();
        clock.WakeAt(clock.Now);
    }

    /// <summary>A wall clock that somebody sets back and forth by years, above the system's own count of ticks.</summary>
    private sealed class JumpingTime : TimeProvider
    {
        public int Looks { get; private set; }

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(Looks++ % 2 == 0 ? 100 : 0);
    }

    private sealed class ManualTime : TimeProvider
    {
        public long Ticks { get; set; } = 12345;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Ticks;
    }
}
