namespace ManyHands.Lab;

/// <summary>Whether threads of other runtimes compute at the same time, beside ours on the same work.</summary>
internal sealed class InterpreterLockRule : IVerdictRule
{
    // Of what ours gain, so much at least has to be gained for threads to be called parallel.
    private const double Part = 0.5;

    public IEnumerable<string> Say(LabResult result)
    {
        var experiments = result.Experiments.Where(experiment => experiment.Group == WorkGroup.Computing).ToArray();
        foreach (string runtime in experiments.SelectMany(experiment => experiment.Ways).Select(way => way.Runtime).Distinct().Where(name => name != Contestant.DotNet))
        {
            // The experiment that shows the largest difference to ours says it best.
            var shown = experiments
                .Select(experiment => (Experiment: experiment, Ours: Most(experiment, Contestant.DotNet, "threads"), Theirs: Most(experiment, runtime, "threads")))
                .Where(pair => pair is { Ours: > 0, Theirs: > 0 })
                .OrderByDescending(pair => pair.Ours / pair.Theirs)
                .Take(1)
                .ToArray();
            if (shown is not [var most])
                continue;

            string figures = $"{most.Experiment.Title}: threads of {runtime} {Comparison.Times(most.Theirs)}, ours {Comparison.Times(most.Ours)}";
            double others = Comparison.Of(most.Experiment, runtime)
                .Where(way => way.Kind is not ("serial" or "threads")).Select(most.Experiment.SpeedUp).DefaultIfEmpty(0).Max();
            string processes = others > 0 ? $"; its other workers {Comparison.Times(others)}" : "";
            if (most.Ours < 1 + Comparison.Margin)
                yield return $"{figures}{processes}: where ours gain nothing, nothing can be said about theirs.";
            else if (most.Theirs - 1 < Part * (most.Ours - 1))
                yield return $"{figures}{processes}. Its threads do not compute at the same time.";
            else
                yield return $"{figures}{processes}. Its threads compute at the same time, as ours do.";
        }
    }

    private static double Most(ExperimentResult experiment, string runtime, string kind) =>
        Comparison.Of(experiment, runtime).Where(way => way.Kind == kind).Select(experiment.SpeedUp).DefaultIfEmpty(0).Max();
}
