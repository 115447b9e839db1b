namespace ManyHands.Lab.Tests.Statistics;

/// <summary>Laws are found again in figures that were made by them.</summary>
public sealed class FitTests
{
    private static readonly int[] _workers = [1, 2, 4, 8, 16];

    [Theory]
    [InlineData(0)]
    [InlineData(0.05)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void The_serial_fraction_is_found_again(double serial)
    {
        var law = new AmdahlFit(serial, 0);
        AmdahlFit fit = AmdahlFit.Of(_workers.Select(n => (n, law.SpeedUp(n)))).ShouldNotBeNull();
        fit.SerialFraction.ShouldBe(serial, 1e-9);
        fit.Error.ShouldBe(0, 1e-9);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.1, 0)]
    [InlineData(0.02, 0.005)]
    [InlineData(0, 0.01)]
    public void Contention_and_coherence_are_found_again(double contention, double coherence)
    {
        var law = new ScalabilityFit(contention, coherence, 0);
        ScalabilityFit fit = ScalabilityFit.Of(_workers.Select(n => (n, law.SpeedUp(n)))).ShouldNotBeNull();
        fit.Contention.ShouldBe(contention, 1e-9);
        fit.Coherence.ShouldBe(coherence, 1e-9);
    }

    [Fact]
    public void A_number_of_workers_beyond_which_more_are_slower_is_found() =>
        new ScalabilityFit(0, 0.01, 0).BestWorkers.ShouldBe(10, 0.001);

    [Fact]
    public void Neither_figure_is_negative_where_more_workers_are_better_than_ideal()
    {
        ScalabilityFit fit = ScalabilityFit.Of([(2, 2.2), (4, 4.5), (8, 9)]).ShouldNotBeNull();
        fit.Contention.ShouldBe(0);
        fit.Coherence.ShouldBe(0);
        AmdahlFit.Of([(2, 2.2)]).ShouldNotBeNull().SerialFraction.ShouldBe(0);
    }

    [Fact]
    public void One_number_of_workers_is_too_little_for_two_unknowns_and_one_worker_for_any()
    {
        ScalabilityFit.Of([(1, 1), (2, 1.9)]).ShouldBeNull();
        AmdahlFit.Of([(1, 1)]).ShouldBeNull();
    }

    [Fact]
    public void Work_that_computes_is_fitted_up_to_the_cores_only()
    {
        ExperimentResult computes = Measured.Experiment("sums", WorkGroup.Computing, Measured.Way("serial", 1, 4), Measured.Way("threads", 2, 2), Measured.Way("threads", 16, 2));
        KindFit fit = Fits.Of(computes, cores: 2).ShouldHaveSingleItem();
        fit.Amdahl.SerialFraction.ShouldBe(0, 1e-9);
        fit.Scalability.ShouldBeNull();
        Fits.Of(computes with { Group = WorkGroup.Waiting }, cores: 2).ShouldHaveSingleItem().Amdahl.SerialFraction.ShouldBeGreaterThan(0.3);
    }
}
