namespace ManyHands.Lab;

/// <summary>What was measured and still is not judged, and why.</summary>
internal sealed class NotJudgedRule : IVerdictRule
{
    public IEnumerable<string> Say(LabResult result)
    {
        string[] seldom =
        [
            .. result.Experiments.SelectMany(experiment => Runtimes(experiment)
                .Where(runtime => Ways(experiment, runtime).Any(Comparison.IsMissing)).Select(runtime => Name(experiment, runtime))),
        ];
        if (seldom.Length > 0)
            yield return $"Not judged, because there are fewer than {LabResult.LeastRounds} undisturbed rounds: {string.Join("; ", seldom)}.";
        foreach (ExperimentResult experiment in result.Experiments)
        {
            foreach (string runtime in Runtimes(experiment).Where(runtime => !Ways(experiment, runtime).Any(Comparison.IsMissing) && Ways(experiment, runtime).Any(experiment.IsDoubtful)))
            {
                WayResult doubtful = Ways(experiment, runtime).First(experiment.IsDoubtful);
                bool byCores = experiment.Cores < doubtful.Workers;
                yield return $"Not judged: {Name(experiment, runtime)}. There, {doubtful.Kind} with {Comparison.Workers(doubtful.Workers)} came out faster than "
                    + $"{(byCores ? $"{experiment.Cores} cores" : "these")} can be: the time of {Ways(experiment, runtime)[0].Kind} is in doubt.";
            }
        }

        string[] noisy =
        [
            .. result.Experiments.SelectMany(experiment => experiment.Ways.Where(way => way.Carries && Comparison.IsTooNoisy(experiment, way))
                .Select(way => $"{experiment.Title}, {way.Label} ({way.Workers})")),
        ];
        if (noisy.Length > 0)
            yield return $"Not compared, because the rounds differ too much: {string.Join("; ", noisy)}.";
    }

    private static IEnumerable<string> Runtimes(ExperimentResult experiment) => experiment.Ways.Select(way => way.Runtime).Distinct();

    private static WayResult[] Ways(ExperimentResult experiment, string runtime) => [.. experiment.Ways.Where(way => way.Runtime == runtime)];

    private static string Name(ExperimentResult experiment, string runtime) => runtime == Contestant.DotNet ? experiment.Title : $"{experiment.Title} on {runtime}";
}
