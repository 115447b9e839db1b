using System.Globalization;

namespace ManyHands.Lab;

/// <summary>The laws of scaling over what an experiment has measured.</summary>
public static class Fits
{
    /// <summary>
    /// Fits both laws to each kind of worker. Work that computes is fitted up to the cores only: both laws speak of workers that have a core each.
    /// </summary>
    /// <param name="experiment">What was measured.</param>
    /// <param name="cores">Cores of the machine.</param>
    /// <returns>One for each kind that has more than one worker somewhere, in the order of the kinds.</returns>
    public static IReadOnlyList<KindFit> Of(ExperimentResult experiment, int cores)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        if (experiment.IsAboutMemory || experiment.Group == WorkGroup.Data)
            return [];
        var fits = new List<KindFit>();
        foreach (IGrouping<string, WayResult> kind in experiment.Kinds)
        {
            (int, double)[] points =
            [
                .. kind.Where(way => way.Carries && !experiment.IsDoubtful(way) && experiment.Ways.First(first => first.Runtime == way.Runtime).Carries)
                    .Where(way => experiment.Group != WorkGroup.Computing || way.Workers <= cores).Select(way => (way.Workers, experiment.SpeedUp(way))),
            ];
            if (AmdahlFit.Of(points) is { } amdahl)
                fits.Add(new KindFit(kind.Key, amdahl, ScalabilityFit.Of(points), points.Count(point => point.Item1 > 1)));
        }

        return fits;
    }
}

/// <summary>The laws of scaling for one kind of worker.</summary>
/// <param name="Label">The kind.</param>
/// <param name="Amdahl">Amdahl's law.</param>
/// <param name="Scalability">The universal scalability law; null where too few numbers of workers were measured.</param>
/// <param name="Points">Numbers of workers that it goes by.</param>
public sealed record KindFit(string Label, AmdahlFit Amdahl, ScalabilityFit? Scalability, int Points)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Label}: serial fraction {Amdahl.SerialFraction:0.000} by Amdahl's law ")
        + (Points == 1 ? "(from one number of workers, so it says nothing about others)" : string.Create(CultureInfo.InvariantCulture, $"(off by {Amdahl.Error:0 %})"))
        + (Scalability is { } law
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"; contention {law.Contention:0.000}, coherence {law.Coherence:0.0000} by the universal scalability law (off by {law.Error:0 %})")
            : "");
}
