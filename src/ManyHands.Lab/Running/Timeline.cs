using System.Diagnostics;

namespace ManyHands.Lab;

/// <summary>Makes a timeline of tasks: a row for each worker; tasks of one thread that overlap, since they wait asynchronously, get rows of their own.</summary>
internal static class Timeline
{
    private const int MostTasks = 400; // more cannot be told apart on a picture

    public static IReadOnlyList<TimelineTask> Of(IReadOnlyList<TaskRun> runs)
    {
        if (runs.Count is 0 or > MostTasks)
            return [];
        long origin = runs.Min(run => run.Started);
        var rows = new List<(int Process, int Thread, long FreeFrom)>();
        var tasks = new List<TimelineTask>();
        foreach (TaskRun run in runs.OrderBy(run => run.Started))
        {
            int row = rows.FindIndex(row => (row.Process, row.Thread) == (run.Process, run.Thread) && row.FreeFrom <= run.Started);
            if (row < 0)
            {
                row = rows.Count;
                rows.Add(default);
            }

            rows[row] = (run.Process, run.Thread, run.Ended);
            tasks.Add(new TimelineTask(row, Seconds(run.Started), Seconds(run.Ended)));
        }

        return tasks;

        double Seconds(long timestamp) => (timestamp - origin) / (double)Stopwatch.Frequency;
    }
}
