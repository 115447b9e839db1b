using ManyHands.Platform;

namespace ManyHands.Tests.Platform;

/// <summary>What the processors did for a process.</summary>
public sealed class ProcessLoadTests
{
    [Fact]
    public void What_a_thread_missed_before_it_ended_makes_nobody_elses_delay_less()
    {
        ProcessLoad before = Load(("1", 10), ("2", 500)), now = Load(("1", 14), ("3", 2));
        now.DelayedSince(before).ShouldBe(TimeSpan.FromMilliseconds(6));
    }

    [Fact]
    public void Computing_is_seen_by_fractions_of_a_clock_tick()
    {
        ProcessLoad before = ProcessControl.Load(Environment.ProcessId).ShouldNotBeNull();
        double sum = 0;
        for (int i = 0; i < 100_000; i++)
            sum += Math.Sqrt(i);
        sum.ShouldBeGreaterThan(0);
        ProcessControl.Load(Environment.ProcessId)!.Processor.ShouldBeGreaterThan(before.Processor);
    }

    [Fact]
    public void A_process_that_is_not_there_has_no_load() => ProcessControl.Load(int.MaxValue).ShouldBeNull();

    private static ProcessLoad Load(params (string Thread, int Milliseconds)[] delays) => new(
        TimeSpan.Zero, delays.ToDictionary(delay => delay.Thread, delay => TimeSpan.FromMilliseconds(delay.Milliseconds)));
}
