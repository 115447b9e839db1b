namespace ManyHands.Lab.Reports.Plots;

/// <summary>Decides which plots an experiment has.</summary>
internal static class ExperimentPlots
{
    private const int MostLines = 7; // more are a tangle

    /// <summary>All plots of one experiment, in the order to look at them.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="cores">Cores of the machine.</param>
    /// <param name="name">What the names of its plots begin with.</param>
    public static IReadOnlyList<Drawing> Of(ExperimentResult experiment, int cores, string name)
    {
        WayResult[] ours = [.. experiment.Ways.Where(way => way.Runtime == Contestant.DotNet)];
        WayResult[] others = [.. experiment.Ways.Except(ours)];
        var plots = new List<Drawing>();
        if (experiment.IsAboutMemory)
            AddMemory(plots, experiment, ours, name); // what it is about comes first
        AddTimes(plots, experiment, ours, cores, name, "Time", "Speed-up");
        if (!experiment.IsAboutMemory)
            AddMemory(plots, experiment, ours, name);
        AddTimelines(plots, experiment, name);
        string[][] groups = [.. Groups(others)];
        for (int i = 0; i < groups.Length; i++)
        {
            string suffix = groups.Length == 1 ? "" : $"-{i + 1}";
            AddTimes(
                plots, experiment, [.. others.Where(way => groups[i].Contains(way.Runtime))], cores, $"{name}-others{suffix}",
                "Other runtimes: time", "Other runtimes: speed-up");
        }

        return plots;
    }

    private static void AddTimes(
        List<Drawing> plots, ExperimentResult experiment, WayResult[] ways, int cores, string name, string time, string speedUp)
    {
        if (ways.Length == 0)
            return;
        WayResult[] sped = experiment.IsAboutMemory ? [] : [.. ways.Where(way => !way.IsUnguarded && double.IsFinite(experiment.SpeedUp(way)))];
        bool hasSpeedUp = sped.Length > 1;
        // A line needs two numbers of workers to lead from one to the other.
        if (ways.GroupBy(way => way.Label).Any(kind => kind.Count() > 1))
        {
            plots.Add(LineChart.OfTime($"{name}-time", time, experiment, ways, cores));
            if (hasSpeedUp)
                plots.Add(LineChart.OfSpeedUp($"{name}-speed-up", speedUp, experiment, sped, cores));
        }
        else
        {
            plots.Add(BarChart.OfTime($"{name}-time", time, experiment, ways));
            if (hasSpeedUp)
                plots.Add(BarChart.OfSpeedUp($"{name}-speed-up", speedUp, experiment, sped));
        }
    }

    private static void AddMemory(List<Drawing> plots, ExperimentResult experiment, WayResult[] ways, string name)
    {
        WayResult[] measured = [.. ways.Where(way => way.PeakBytes > 0)];
        if (measured.Length > 0)
            plots.Add(BarChart.OfMemory($"{name}-memory", "Peak memory", experiment, measured));
    }

    private static void AddTimelines(List<Drawing> plots, ExperimentResult experiment, string name)
    {
        IReadOnlyList<WayResult> ways = TimelineChart.Telling(experiment);
        double most = ways.SelectMany(way => way.Timeline).Select(task => task.End).DefaultIfEmpty().Max();
        plots.AddRange(ways.Select(way => TimelineChart.Of($"{name}-timeline-{Markup.Slug(way.Label)}", experiment, way, most)));
    }

    // Runtimes together as long as their lines are not too many for one plot.
    private static IEnumerable<string[]> Groups(IReadOnlyList<WayResult> ways)
    {
        var group = new List<string>();
        int lines = 0;
        foreach (var runtime in ways.GroupBy(way => way.Runtime))
        {
            int more = runtime.Select(way => way.Label).Distinct().Count();
            if (group.Count > 0 && lines + more > MostLines)
            {
                yield return [.. group];
                group.Clear();
                lines = 0;
            }

            group.Add(runtime.Key);
            lines += more;
        }

        if (group.Count > 0)
            yield return [.. group];
    }
}
