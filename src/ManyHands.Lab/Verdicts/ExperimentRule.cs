namespace ManyHands.Lab;

/// <summary>What is best for each experiment that stands for itself: work that does both, tiny tasks, garbage.</summary>
internal sealed class ExperimentRule : IVerdictRule
{
    public IEnumerable<string> Say(LabResult result)
    {
        foreach (ExperimentResult experiment in result.Experiments.Where(experiment => experiment.Group == WorkGroup.Mixed))
        {
            WayResult[] parallel = [.. Comparison.Ours(experiment).Where(way => way.Kind != "serial")];
            if (Comparison.Best(experiment, parallel) is not { } best)
                continue;
            double speedUp = experiment.SpeedUp(best);
            if (speedUp < 1 + Comparison.Margin)
            {
                yield return $"{experiment.Title}: no worker pays. The best, {best.Kind} with {Comparison.Workers(best.Workers)}, comes to {Comparison.Times(speedUp)}.";
                continue;
            }

            // Of the other kinds, what falls behind is worth a word.
            string behind = Comparison.And(
            [
                .. parallel.GroupBy(way => way.Kind).Select(kind => (Kind: kind.Key, SpeedUp: kind.Max(experiment.SpeedUp)))
                    .Where(kind => kind.SpeedUp < speedUp * (1 - (2 * Comparison.Margin))).Select(kind => $"{kind.Kind} {Comparison.Times(kind.SpeedUp)}"),
            ]);
            yield return $"{experiment.Title}: {best.Kind} with {Comparison.Workers(best.Workers)}, {Comparison.Times(speedUp)}"
                + (behind.Length > 0 ? $"; behind: {behind}." : ".");
        }
    }
}
