using ManyHands.Conformance;
using ManyHands.Processes;

namespace ManyHands.Tests.Processes;

public sealed class OutputWaitsTests
{
    [Fact]
    public async Task A_wait_ends_when_what_it_is_for_is_so_or_the_output_has_ended()
    {
        var waits = new OutputWaits();
        waits.Until(() => true).ShouldBeTrue();
        bool isSo = false;
        Task<bool> first = Task.Run(() => waits.Until(() => Volatile.Read(ref isSo)));
        Task<bool> second = Task.Run(() => waits.Until(() => false));
        Volatile.Write(ref isSo, true);
        waits.Changed();
        (await first.Time()).ShouldBeTrue();
        waits.End();
        (await second.Time()).ShouldBeTrue();
        waits.Until(() => false).ShouldBeTrue();
    }

    [Fact]
    public async Task A_wait_without_progress_is_given_up_and_those_after_it_too_until_there_is_some()
    {
        var waits = new OutputWaits();
        (await Task.Run(() => waits.Until(() => false)).Time()).ShouldBeFalse();
        long before = TimeProvider.System.GetTimestamp();
        for (int i = 0; i < 1000; i++)
            waits.Until(() => false).ShouldBeFalse();
        TimeProvider.System.GetElapsedTime(before).ShouldBeLessThan(100 * OutputWaits.Patience); // at once, each of them
        waits.Progressed();
        waits.Until(() => true).ShouldBeTrue();
        Task<bool> again = Task.Run(() => waits.Until(() => false));
        waits.End();
        (await again.Time()).ShouldBeTrue();
    }

    [Fact]
    public async Task When_the_worker_has_ended_steady_but_slow_progress_does_not_keep_a_wait_going()
    {
        var waits = new OutputWaits();
        using var stop = new CancellationTokenSource();
        Task slow = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                waits.Progressed();
                await Task.Delay(10);
            }
        });
        Task<bool> wait = Task.Run(() => waits.Until(() => false));
        waits.Hurry();
        (await wait.Time()).ShouldBeFalse();
        await stop.CancelAsync();
        await slow.Time();
    }
}
