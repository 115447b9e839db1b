namespace ManyHands.Lab;

/// <summary>Which kind of worker is the one for a group of work: the cheapest of those that come within a tenth of the fastest over all of its experiments.</summary>
internal sealed class BestKindRule(WorkGroup group, string does) : IVerdictRule
{
    public IEnumerable<string> Say(LabResult result)
    {
        ExperimentResult[] experiments = [.. result.Experiments.Where(experiment => experiment.Group == group && Comparison.Ours(experiment).Any())];
        var kinds = experiments
            .SelectMany(experiment => Comparison.Ours(experiment).Select(way => way.Kind))
            .Distinct()
            .Select(kind => (Kind: kind, SpeedUp: Overall(experiments, kind), Workers: Workers(experiments, kind)))
            .Where(kind => kind.SpeedUp > 0)
            .ToArray();
        if (kinds.Length < 2)
            yield break;

        double most = kinds.Max(kind => kind.SpeedUp);
        var best = kinds.Where(kind => kind.SpeedUp >= most * (1 - Comparison.Margin)).OrderBy(kind => Comparison.Price(kind.Kind)).First();
        if (best.Kind == "serial")
        {
            yield return $"For work that {does}: one after another. No kind of worker makes it more than a tenth faster here.";
            yield break;
        }

        string others = Comparison.And(
        [
            .. kinds.Where(kind => kind.Kind != best.Kind && kind.Kind != "serial").OrderByDescending(kind => kind.SpeedUp)
                .Select(kind => $"{kind.Kind} {Comparison.Times(kind.SpeedUp)}"),
        ]);
        yield return $"For work that {does}: {best.Kind}, {Comparison.Times(best.SpeedUp)} as fast as one task after another, with {Comparison.Workers(best.Workers)}"
            + (others.Length > 0 ? $" ({others})." : ".");
        if (BeyondCores(result, experiments, best.Kind) is { } beyond)
            yield return beyond;
    }

    // The geometric mean of the best speed-ups, since they are ratios; 0 where the kind is missing somewhere.
    private static double Overall(ExperimentResult[] experiments, string kind)
    {
        double product = 1;
        foreach (ExperimentResult experiment in experiments)
            product *= Of(experiment, kind).Select(experiment.SpeedUp).DefaultIfEmpty(0).Max();
        return Math.Pow(product, 1.0 / experiments.Length);
    }

    private static int Workers(ExperimentResult[] experiments, string kind) =>
        experiments.Select(experiment => Comparison.Best(experiment, Of(experiment, kind))?.Workers ?? 0).Max();

    private static IEnumerable<WayResult> Of(ExperimentResult experiment, string kind) =>
        Comparison.Ours(experiment).Where(way => way.Kind == kind);

    private static string? BeyondCores(LabResult result, ExperimentResult[] experiments, string kind)
    {
        var gains = new List<double>();
        foreach (ExperimentResult experiment in experiments)
        {
            double[] within = [.. Of(experiment, kind).Where(way => way.Workers <= result.Machine.Cores).Select(experiment.SpeedUp)];
            double[] beyond = [.. Of(experiment, kind).Where(way => way.Workers > result.Machine.Cores).Select(experiment.SpeedUp)];
            if (within.Length > 0 && beyond.Length > 0)
                gains.Add(beyond.Max() / within.Max());
        }

        if (gains.Count == 0)
            return null;
        double gain = Math.Pow(gains.Aggregate(1.0, (product, each) => product * each), 1.0 / gains.Count);
        string cores = result.Machine.Cores == 1 ? "the one core" : $"the {result.Machine.Cores} cores";
        return gain switch
        {
            > 1 + Comparison.Margin => $"There, more workers than {cores} pay: {Comparison.Times(gain)} once more.",
            < 1 - Comparison.Margin => $"There, more workers than {cores} do harm: {Comparison.Times(gain)} of the speed.",
            _ => $"There, more workers than {cores} bring nothing.",
        };
    }
}
