using ManyHands.Threads;

namespace ManyHands.Tests.Threads;

public sealed class IdleThreadsTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    private readonly object _gate = new();
    private readonly IdleThreads _idle = new();
    private readonly List<int> _order = [];

    [Fact]
    public void A_call_reaches_the_thread_that_came_last_and_no_other()
    {
        Thread first = Waiting(1, _limit), last = Waiting(2, _limit);
        Call().ShouldBeTrue();
        last.Join(_limit).ShouldBeTrue();
        first.IsAlive.ShouldBeTrue();
        Call().ShouldBeTrue();
        first.Join(_limit).ShouldBeTrue();
        _order.ShouldBe([2, 1]);
    }

    [Fact]
    public void Who_was_called_counts_as_called_until_it_has_the_lock()
    {
        Thread thread = Waiting(1, _limit);
        lock (_gate)
        {
            _idle.TryCall().ShouldBeTrue();
            (_idle.Count, _idle.Called).ShouldBe((0, 1));
            _idle.TryCall().ShouldBeFalse("it has been called already");
        }

        thread.Join(_limit).ShouldBeTrue();
        _idle.Called.ShouldBe(0);
    }

    [Fact]
    public void Who_is_not_called_goes_when_the_time_is_up()
    {
        Waiting(1, TimeSpan.FromMilliseconds(1)).Join(_limit).ShouldBeTrue();
        _order.ShouldBe([-1]);
        Call().ShouldBeFalse();
    }

    private bool Call()
    {
        lock (_gate)
            return _idle.TryCall();
    }

    private Thread Waiting(int number, TimeSpan limit)
    {
        int before = _idle.Count;
        using var begun = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            lock (_gate)
            {
                begun.Set();
                _order.Add(_idle.Wait(_gate, limit) ? number : -number);
            }
        });
        thread.Start();
        begun.Wait(_limit).ShouldBeTrue();
        lock (_gate)
            _idle.Count.ShouldBeInRange(before, before + 1); // it waits, since it has let go of the lock
        return thread;
    }
}
