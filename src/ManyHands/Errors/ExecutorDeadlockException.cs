using System.Globalization;

namespace ManyHands;

/// <summary>
/// Tasks that hold all workers of an executor waited for tasks of the same executor, which could not begin because of that. This one was the last
/// to come, or came from the same task as the last one, so it failed; it never began. The waiting tasks go on with this error.
/// Or a task, an initializer or an observer of an executor closed it and waited for its end, which would have waited for them.
/// </summary>
public sealed class ExecutorDeadlockException : ExecutorException
{
    internal ExecutorDeadlockException(TaskId task, string work, IReadOnlyList<(TaskId Task, string Work)> waiting)
        : this(Describe(task, work, waiting), task, [.. waiting.Select(one => one.Task)])
    {
    }

    internal ExecutorDeadlockException(string message, TaskId task, IReadOnlyList<TaskId> waiting) : base(message)
    {
        Task = task;
        Waiting = waiting;
    }

    /// <summary>The task that could not begin, or the one that closed its executor; 0 where that was none.</summary>
    public TaskId Task { get; }

    /// <summary>The running tasks that hold all workers and wait, for this task or for others that cannot begin either.</summary>
    public IReadOnlyList<TaskId> Waiting { get; }

    private static string Describe(TaskId task, string work, IReadOnlyList<(TaskId Task, string Work)> waiting)
    {
        const int shown = 5;
        string names = string.Join(", ", waiting.Take(shown).Select(one => $"{one.Task} ({one.Work})"));
        string more = waiting.Count > shown ? string.Create(CultureInfo.InvariantCulture, $" and {waiting.Count - shown} more") : "";
        string held = waiting.Count == 1
            ? $"the only worker of its executor is held by task {names}, which waits for it"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"all {waiting.Count} workers of its executor are held by tasks that wait for it, or for others that cannot begin either: {names}{more}");
        return $"Task {task} ({work}) cannot begin: {held}. None of them would ever have ended. "
            + "Give tasks that other tasks wait for an executor of their own, or submit and await them outside of the tasks of this one.";
    }
}
