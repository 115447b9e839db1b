using System.Globalization;

namespace ManyHands.Lab;

/// <summary>Ways that came to a wrong result, by how much, and what the right one costs.</summary>
internal sealed class WrongResultRule : IVerdictRule
{
    public IEnumerable<string> Say(LabResult result)
    {
        foreach (ExperimentResult experiment in result.Experiments)
        {
            foreach (IGrouping<string, WayResult> kind in experiment.Kinds)
            {
                WayResult worst = kind.MaxBy(way => Math.Abs(way.Value - way.Expected))!;
                if (worst is { IsRight: true, IsUnguarded: true })
                    yield return $"{experiment.Title}: {kind.Key} came to the right result by luck only. It is not compared with the others.";
                if (worst.IsRight)
                    continue;
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{experiment.Title}: {kind.Key} came to {worst.Value:#,0} instead of {worst.Expected:#,0} ")
                    + (worst.Value == 0 ? "(nothing of it reached the caller)." : experiment.Group == WorkGroup.Data && worst.Value < worst.Expected ? "(updates were lost)." : "(not the same work).");
            }
        }
    }
}

/// <summary>Which way to hand data over is fastest, and what the others cost beside it.</summary>
internal sealed class DataRule : IVerdictRule
{
    public IEnumerable<string> Say(LabResult result)
    {
        foreach (ExperimentResult experiment in result.Experiments.Where(experiment => experiment is { Group: WorkGroup.Data, IsAboutMemory: false }))
        {
            var kinds = Comparison.Ours(experiment).Where(way => way != experiment.Ways[0]).GroupBy(way => way.Kind)
                .Select(kind => (Kind: kind.Key, Seconds: kind.Min(way => way.Seconds.Median))).OrderBy(kind => kind.Seconds).ToArray();
            if (kinds is not [var fastest, .. { Length: > 0 } others])
                continue;
            double single = experiment.Ways[0].Seconds.Median; // carries, or there would be none of ours
            yield return $"{experiment.Title}: {fastest.Kind} "
                + (fastest.Seconds > single * (1 + Comparison.Margin)
                    ? $"is the best of the parallel ways, and still takes {Comparison.Times(fastest.Seconds / single)} as long as {experiment.Ways[0].Kind}"
                    : "is fastest")
                + $"; {Comparison.And([.. others.Select(other => $"{other.Kind} takes {Comparison.Times(other.Seconds / fastest.Seconds)} as long")])}.";
        }
    }
}

/// <summary>Whose memory grows with the number of workers.</summary>
internal sealed class MemoryRule : IVerdictRule
{
    public IEnumerable<string> Say(LabResult result)
    {
        foreach (ExperimentResult experiment in result.Experiments.Where(experiment => experiment.IsAboutMemory && Comparison.Ours(experiment).Any()))
        {
            int most = Comparison.Ours(experiment).Max(way => way.Workers);
            WayResult[] ways = [.. Comparison.Ours(experiment).Where(way => way.Workers == most && way.PeakBytes > 0).OrderBy(way => way.PeakBytes)];
            if (ways is not [var least, .. { Length: > 0 } others])
                continue;
            yield return $"{experiment.Title}: with {Comparison.Workers(most)}, {least.Kind} take least, {least.PeakBytes >> 20} MiB in all; "
                + $"{Comparison.And([.. others.Select(other => $"{other.Kind} {Comparison.Times((double)other.PeakBytes / least.PeakBytes)} of that")])}.";
        }
    }
}
