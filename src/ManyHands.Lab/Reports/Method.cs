using static ManyHands.Lab.Reports.Markup;

namespace ManyHands.Lab.Reports;

/// <summary>How the figures came about, so that a reader can judge them and repeat them.</summary>
internal static class Method
{
    private static readonly (string Term, string Explanation)[] _terms =
    [
        ("Rounds", "In each round every way of an experiment runs once, in a shuffled order: what disturbs the machine for a while disturbs all alike. "
            + "Before its first time, each way runs once untimed, to look at memory and results. What takes long is timed in three rounds only."),
        ("Disturbance", "What all cores were busy less what the lab used is what others did. Times during which that was much are taken again, and count for nothing "
            + "where there are others. From fewer than three undisturbed rounds nothing is concluded."),
        ("Time", "The median of the rounds, for all tasks of an experiment, with workers that are ready. "
            + "Half of the rounds lie between the quartiles, which are drawn as whiskers. What takes less than 60 ms is repeated, and the time divided."),
        ("Outliers", "Times beyond Tukey's fences, 1.5 interquartile ranges outside the quartiles: hollow dots. The median does not mind them."),
        ("Speed-up", "How many times faster than the first way of the same runtime, mostly one task after another. Efficiency is speed-up divided by workers. "
            + "One above the number of workers, or of cores where the work computes, cannot be, and is not shown."),
        ("CPU time", "Processor time of the whole tree of processes. Divided by the time it says how many cores were busy on average."),
        ("Switches", "Context switches of all threads that live at the end: of those that waited, and of those that had to give way to another."),
        ("Memory", "Proportional set size of the whole tree of processes, the lab itself included: what processes share is counted once. "
            + "It is the most that was seen while the tasks ran."),
        ("Results", "All ways of an experiment have to come to the same result. One that does not is marked: its time is that of work not done."),
        ("Other runtimes", "They take the time themselves, without their own start, so figures of their processor time and memory would mislead."),
        ("Plots", "Worker counts stand on an axis that doubles. The dotted line upwards is the number of cores; the broken one is the ideal, "
            + "twice as fast with twice the workers. All timelines of an experiment have the same axis."),
    ];

    public static void AppendTo(TextWriter html, LabResult result)
    {
        html.Write("<section class=\"method\">\n<h2>How this was measured</h2>\n<dl>");
        foreach ((string term, string explanation) in _terms)
            html.Write($"<dt>{term}</dt><dd>{Encode(explanation)}</dd>");
        html.Write("</dl>\n");
        if (result.Runtimes.Count > 0)
        {
            html.Write("<h3>Other runtimes</h3>\n<ul>");
            foreach (string runtime in result.Runtimes)
                html.Write($"<li>{Encode(runtime)}</li>");
            html.Write("</ul>\n");
        }

        html.Write("</section>\n");
    }
}
