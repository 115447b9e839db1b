using ManyHands.Lab.Reports.Plots;

namespace ManyHands.Lab.Tests.Reports;

public sealed class AxisTests
{
    [Theory]
    [InlineData(0.97, 0.2)]
    [InlineData(7, 2)]
    [InlineData(130, 50)]
    public void Ticks_are_at_round_numbers(double most, double step)
    {
        var axis = new LinearAxis(most, 0, 100);
        axis.Ticks[0].ShouldBe(0);
        axis.Ticks[1].ShouldBe(step, 1e-9);
        axis.Ticks[^1].ShouldBeGreaterThanOrEqualTo(most);
    }

    [Fact]
    public void Ticks_are_round_in_the_unit_that_is_shown()
    {
        const double Mebi = 1.0 / (1 << 20);
        var axis = new LinearAxis(300L << 20, 0, 100, Mebi);
        axis.Ticks.ShouldAllBe(tick => tick * Mebi % 100 == 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.Epsilon)]
    [InlineData(double.MaxValue)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Values_that_cannot_be_drawn_break_no_axis(double most)
    {
        var axis = new LinearAxis(most, 0, 100);
        axis.Ticks.Count.ShouldBeInRange(2, 12);
        axis.Ticks.ShouldAllBe(tick => double.IsFinite(tick));
        axis.Place(most).ShouldBeInRange(0, 100);
    }

    [Fact]
    public void Twice_as_much_is_twice_as_far_from_0()
    {
        var axis = new LinearAxis(10, 200, 0);
        (200 - axis.Place(8)).ShouldBe(2 * (200 - axis.Place(4)), 1e-9);
    }

    [Fact]
    public void Twice_as_much_is_one_step_further_on_a_doubling_axis()
    {
        var axis = new DoublingAxis(0.9, 15, 0, 100);
        axis.Ticks.ShouldBe([0.5, 1, 2, 4, 8, 16]);
        (axis.Place(8) - axis.Place(4)).ShouldBe(axis.Place(2) - axis.Place(1), 1e-9);
    }

    [Fact]
    public void A_doubling_axis_over_everything_has_few_ticks()
    {
        new DoublingAxis(1e-9, 1e9, 0, 100).Ticks.Count.ShouldBeInRange(2, 7);
        new DoublingAxis(4, 4, 0, 100, [4]).Place(4).ShouldBe(50);
        new DoublingAxis(1, 4, 0, 100).Place(0).ShouldBe(0);
    }
}
