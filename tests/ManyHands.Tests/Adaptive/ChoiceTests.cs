using ManyHands.Adaptive;

namespace ManyHands.Tests.Adaptive;

/// <summary>What is chosen, from invented measurements.</summary>
public sealed class ChoiceTests
{
    private static readonly Limits _limits = new(Cores: 8, Computing: 6, MostComputing: 12, MostWaiting: 256);

    [Fact]
    public void Work_that_computes_stays_in_as_many_processes_as_there_are_cores_less_headroom()
    {
        Choice choice = Of(tasks: 4, wall: 200, processor: 199);
        choice.Place.ShouldBe(Place.Processes);
        choice.Workers.ShouldBe(6);
        choice.Reason.ShouldBe("computes: 49.8 of 50.0 ms a task on a processor");
    }

    [Fact]
    public void The_same_work_goes_to_threads_when_it_is_seen_to_wait()
    {
        Choice choice = Of(tasks: 4, wall: 200, processor: 2);
        choice.Place.ShouldBe(Place.Threads);
        choice.Workers.ShouldBe(32);
        choice.Reason.ShouldBe("waits: 0.5 of 50.0 ms a task on a processor");
    }

    [Theory]
    [InlineData(45, Place.Processes, 7)] // 6 / 0.9 = 6.7
    [InlineData(40, Place.Processes, 8)] // 6 / 0.8 = 7.5
    [InlineData(26, Place.Processes, 12)]
    [InlineData(24, Place.Threads, 25)] // 1.5 * 8 / 0.48
    [InlineData(5, Place.Threads, 32)] // 1.5 * 8 / 0.1 = 120, and nobody is asked by so many at first
    internal void Work_that_does_both_gets_as_many_as_keep_the_cores_busy(int computes, Place place, int workers)
    {
        Choice choice = Of(tasks: 10, wall: 500, processor: 10 * computes);
        choice.Place.ShouldBe(place);
        choice.Workers.ShouldBe(workers);
    }

    [Fact]
    public void Work_that_uses_several_cores_itself_gets_fewer_workers()
    {
        Of(tasks: 10, wall: 500, processor: 2000).Workers.ShouldBe(2); // 6 / 4
        Of(tasks: 10, wall: 500, processor: 20_000).Workers.ShouldBe(1);
    }

    [Fact]
    public void Who_could_not_compute_because_others_had_the_cores_did_not_wait()
    {
        Of(tasks: 4, wall: 200, processor: 60, delayed: 135).Place.ShouldBe(Place.Processes);
        Of(tasks: 4, wall: 200, processor: 60, delayed: 0).Place.ShouldBe(Place.Threads);
    }

    [Fact]
    public void What_a_task_takes_is_known_although_somebody_looked_only_at_its_end()
    {
        var seen = new Measurement(
            2, Ran: TimeSpan.FromMilliseconds(100), Wall: TimeSpan.FromMilliseconds(60), Processor: TimeSpan.FromMilliseconds(5), Delayed: TimeSpan.FromMilliseconds(6));
        seen.TaskTime.ShouldBe(TimeSpan.FromMilliseconds(45));
        default(Measurement).TaskTime.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Too_little_tells_nothing()
    {
        Choice.Of(default, _limits).ShouldBeNull();
        Choice.Of(Seen(tasks: 4, wall: 40, processor: 0), _limits).ShouldBeNull();
        Choice.Of(Seen(tasks: 0, wall: 90, processor: 0), _limits).ShouldBeNull(); // it may be loading what it needs
        Choice.Of(Seen(tasks: 1, wall: 150, processor: 100), _limits).ShouldBeNull();
        Choice.Of(Seen(tasks: 4, wall: 90, processor: 30), _limits).ShouldBeNull(); // neither the one nor the other: that takes more
    }

    [Fact]
    public void A_task_that_has_not_ended_tells_that_it_waits_but_not_that_it_computes()
    {
        Of(tasks: 0, wall: 120, processor: 1).Place.ShouldBe(Place.Threads);
        Choice.Of(Seen(tasks: 0, wall: 5000, processor: 4000), _limits).ShouldBeNull();
    }

    [Fact]
    public void Tiny_tasks_are_not_sent_anywhere()
    {
        Choice tiny = Choice.Of(new Measurement(10_000, TimeSpan.FromMilliseconds(3), TimeSpan.FromMilliseconds(3), TimeSpan.FromMilliseconds(3), default), _limits)!;
        tiny.Place.ShouldBe(Place.TinyOnThreads);
        tiny.Workers.ShouldBe(6);
        tiny.Reason.ShouldStartWith("tiny: 0.30 µs a task");
        Choice.Of(new Measurement(10, TimeSpan.FromTicks(30), TimeSpan.FromTicks(30), TimeSpan.FromTicks(30), default), _limits).ShouldBeNull();
    }

    [Fact]
    public void Memory_bounds_the_processes_only_where_they_are_large()
    {
        const long MiB = 1 << 20;
        Memory.Fitting(largest: 100 * MiB, all: 200 * MiB, () => throw new InvalidOperationException("nobody has to ask")).ShouldBe(int.MaxValue);
        Memory.Fitting(largest: 1000 * MiB, all: 2000 * MiB, () => 8000 * MiB).ShouldBe(9); // two are there, and seven eighths may be taken
        Memory.Fitting(largest: 1000 * MiB, all: 2000 * MiB, () => 100 * MiB).ShouldBe(2);
        Memory.Fitting(largest: 1000 * MiB, all: 1000 * MiB, () => 0).ShouldBe(1);
        Memory.Fitting(largest: 1000 * MiB, all: 1000 * MiB, () => long.MaxValue).ShouldBe(int.MaxValue);
    }

    private static Choice Of(int tasks, int wall, int processor, int delayed = 0) => Choice.Of(Seen(tasks, wall, processor, delayed), _limits).ShouldNotBeNull();

    private static Measurement Seen(int tasks, int wall, int processor, int delayed = 0) => new(
        tasks, TimeSpan.FromMilliseconds(tasks == 0 ? 0 : wall), TimeSpan.FromMilliseconds(wall), TimeSpan.FromMilliseconds(processor), TimeSpan.FromMilliseconds(delayed));
}
