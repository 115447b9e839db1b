using ManyHands.Cli.Git;

namespace ManyHands.Cli.Tests.Git;

public sealed class WorkerCountTests
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    [Fact]
    public void It_begins_with_four_per_core() => new WorkerCount(2, null).Current.ShouldBe(8);

    [Fact]
    public void It_becomes_cores_times_wall_by_processor_time()
    {
        var count = new WorkerCount(2, null);

        for (int i = 0; i < 3; i++)
            count.Learn(wall: _second, cpu: _second / 15);

        count.Current.ShouldBe(30);
    }

    [Fact]
    public void One_odd_result_does_not_decide()
    {
        var count = new WorkerCount(2, null);

        count.Learn(wall: _second, cpu: _second / 1000);

        count.Current.ShouldBe(8);
    }

    [Fact]
    public void It_stays_between_the_cores_and_sixty_four()
    {
        var (waiting, computing) = (new WorkerCount(2, null), new WorkerCount(4, null));
        for (int i = 0; i < 3; i++)
        {
            waiting.Learn(_second, _second / 1000);
            computing.Learn(_second, _second);
        }

        waiting.Current.ShouldBe(64);
        computing.Current.ShouldBe(4);
    }

    [Fact]
    public void While_it_guesses_idle_processors_make_it_grow_and_busy_ones_do_not()
    {
        var count = new WorkerCount(2, null);

        count.SeeIdle(0.1);
        count.Current.ShouldBe(8);
        count.SeeIdle(0.9);
        count.Current.ShouldBe(12);
    }

    [Fact]
    public void A_given_number_stays()
    {
        var count = new WorkerCount(2, 5);
        count.SeeIdle(1);
        for (int i = 0; i < 9; i++)
            count.Learn(_second, _second / 100);

        count.Current.ShouldBe(5);
        count.IsGuessing.ShouldBeFalse();
    }

    [Fact]
    public void Those_that_take_far_longer_than_the_rest_do_not_hold_it_up()
    {
        var count = new WorkerCount(2, null);
        for (int i = 0; i < 3; i++)
            count.Learn(_second / 10, _second / 10);

        count.IsStraggler(_second / 10).ShouldBeFalse();
        count.IsStraggler(_second).ShouldBeTrue();
        count.HasRoom(running: 2, stragglers: 0).ShouldBeFalse();
        count.HasRoom(running: 4, stragglers: 3).ShouldBeTrue();
        count.HasRoom(running: 64, stragglers: 64).ShouldBeFalse();
        new WorkerCount(2, 1).HasRoom(running: 1, stragglers: 1).ShouldBeFalse();
    }
}
