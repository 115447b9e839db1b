using ManyHands.Adaptive;

namespace ManyHands.Tests.Adaptive;

/// <summary>How many tasks of waiting work run at once, against simulated servers.</summary>
public sealed class ConcurrencyControllerTests
{
    private static readonly TimeSpan _latency = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void A_server_that_serves_37_at_once_is_asked_by_about_so_many()
    {
        ConcurrencyController controller = New(first: 4);
        int most = Run(controller, workers => Math.Min(workers, 37) / 0.050, steps: 40);
        controller.Workers.ShouldBeInRange(36, 56);
        most.ShouldBeLessThanOrEqualTo(128); // never far beyond what it had shown to bear
        controller.Reason.ShouldContain("at once end 7");
    }

    [Fact]
    public void Work_that_nobody_limits_grows_to_the_most_there_may_be_and_stays()
    {
        ConcurrencyController controller = New(first: 32);
        Run(controller, workers => workers / 0.050, steps: 2);
        controller.Workers.ShouldBe(256);
        Run(controller, workers => workers / 0.050, steps: 100);
        controller.Workers.ShouldBe(256);
    }

    [Fact]
    public void A_server_that_serves_one_after_the_other_is_asked_by_few()
    {
        ConcurrencyController controller = New(first: 32);
        Run(controller, _ => 20, steps: 40);
        controller.Workers.ShouldBeInRange(1, 3);
    }

    [Fact]
    public void More_workers_that_end_fewer_are_taken_back()
    {
        ConcurrencyController controller = New(first: 8);
        Run(controller, workers => workers <= 16 ? workers * 20 : 320 - ((workers - 16) * 5), steps: 40); // it thrashes
        controller.Workers.ShouldBeInRange(13, 20);
    }

    [Fact]
    public void When_latency_doubles_and_throughput_does_not_rise_there_are_fewer()
    {
        ConcurrencyController controller = New(first: 32);
        double served = 100;
        Run(controller, workers => Math.Min(workers, served) / 0.050, steps: 40);
        int before = controller.Workers;
        before.ShouldBeGreaterThan(90);
        served = 40; // with so many workers each task takes more than twice as long now
        Run(controller, workers => Math.Min(workers, served) / 0.050, steps: 60);
        controller.Workers.ShouldBeInRange(36, 60);
    }

    [Fact]
    public void When_a_server_bears_more_it_is_asked_by_more_in_the_end()
    {
        ConcurrencyController controller = New(first: 8);
        double served = 20;
        Run(controller, workers => Math.Min(workers, served) / 0.050, steps: 40);
        controller.Workers.ShouldBeLessThan(32);
        served = 1000;
        Run(controller, workers => Math.Min(workers, served) / 0.050, steps: 200);
        controller.Workers.ShouldBe(256);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Noise_of_five_percent_costs_less_than_a_tenth_of_the_throughput(int seed)
    {
        var random = new Random(seed);
        ConcurrencyController controller = New(first: 20);
        Run(controller, workers => Rate(workers) * (0.95 + (random.NextDouble() / 10)), steps: 60);
        Rate(controller.Workers).ShouldBeGreaterThan(0.9 * Rate(256));

        // Two cores, 5 ms of computing, 45 of waiting: bends long before it is flat.
        static double Rate(int workers) => 400 * workers / (workers + 2.5);
    }

    [Fact]
    public void Where_the_time_of_a_task_is_not_known_it_still_settles()
    {
        var controller = new ConcurrencyController(first: 32, least: 1, most: 256, taskTime: TimeSpan.Zero);
        Run(controller, workers => Math.Min(workers, 37) / 0.050, steps: 60);
        controller.Workers.ShouldBeInRange(36, 56);
    }

    [Fact]
    public void There_are_never_fewer_than_keep_the_cores_busy_when_others_take_them_for_a_while()
    {
        var controller = new ConcurrencyController(first: 20, least: 20, most: 256, _latency);
        Run(controller, workers => 400.0 * workers / (workers + 2.5), steps: 40);
        Run(controller, _ => 40, steps: 40);
        controller.Workers.ShouldBeGreaterThanOrEqualTo(20);
    }

    private static ConcurrencyController New(int first) => new(first, least: 1, most: 256, _latency);

    private static int Run(ConcurrencyController controller, Func<int, double> throughput, int steps)
    {
        int most = controller.Workers;
        for (int i = 0; i < steps; i++)
        {
            var window = TimeSpan.FromSeconds(100);
            controller.Measured((long)(throughput(controller.Workers) * window.TotalSeconds), window);
            most = Math.Max(most, controller.Workers);
            controller.Workers.ShouldBeInRange(1, 256);
        }

        return most;
    }
}
