namespace ManyHands.Lab;

/// <summary>What the reader of a result has to know before believing a figure, from what was measured.</summary>
internal static class LabNotes
{
    /// <summary>A <see cref="ManyHands.Advisor.Series.Spread"/> from which on a figure is called noisy.</summary>
    public const double NoisySpread = 0.15;

    public static IReadOnlyList<string> On(LabResult result)
    {
        var notes = new List<string>();
        if (!result.Machine.IsOptimized)
            notes.Add("This is a debug build: times are too long and ratios are off. Run it with -c Release.");
        if (result.Machine.BusyBefore is { } busy && busy > 0.25 * result.Machine.Cores)
        {
            notes.Add(FormattableString.Invariant($"The machine was busy before the lab began ({busy:0.0} of {result.Machine.Cores} cores): ")
                + "times are too long, and speed-ups may be off in either direction.");
        }

        if (result.DisturbedTimes > 0)
        {
            notes.Add(FormattableString.Invariant($"Others kept {result.OthersCores:0.0} of {result.Machine.Cores} cores busy during {result.DisturbedTimes} of {result.Times} times. ")
                + "Those were taken again as far as there was time, and nothing is concluded from them.");
        }

        if (result.Rounds < LabResult.LeastRounds)
        {
            notes.Add($"{(result.Rounds == 0 ? "No complete round" : $"Only {result.Rounds} complete round{(result.Rounds == 1 ? "" : "s")}")}: how much the figures vary is unknown, so nothing is concluded from them. "
                + $"--rounds {LabResult.LeastRounds} takes the time it needs.");
        }

        WayResult[] timed = [.. result.Experiments.Where(experiment => !experiment.IsAboutMemory).SelectMany(experiment => experiment.Ways)];
        timed = [.. timed.Where(way => way.Seconds.Values.Count >= LabResult.LeastRounds)];
        int noisy = timed.Count(way => way.Seconds.Spread > NoisySpread);
        if (noisy * 4 > timed.Length)
        {
            notes.Add($"The machine was too noisy to say much: {noisy} of {timed.Length} figures vary by more than {NoisySpread:0 %} between rounds. "
                + "Trust large differences only, or run it again when the machine is idle.");
        }

        int outliers = timed.Sum(way => way.Seconds.Outliers.Count);
        if (outliers > 0)
            notes.Add($"{outliers} of {timed.Sum(way => way.Seconds.Values.Count)} single times are outliers; they are drawn, and medians do not mind them.");
        return notes;
    }
}
