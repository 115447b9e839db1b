using System.Runtime.CompilerServices;

namespace ManyHands;

/// <summary>A task that an executor has accepted. Await it for its end. Thread-safe.</summary>
public class Future
{
    private readonly WorkItem _item;

    private protected Future(WorkItem item, Task task)
    {
        _item = item;
        Task = task;
    }

    /// <summary>The task's number, unique in this process.</summary>
    public TaskId Id => _item.Id;

    /// <summary>Ends as the task ends. Its continuations may run on a thread of the executor and may take their time there: others go on.</summary>
    public Task Task { get; }

    /// <summary>Where the task is on its way.</summary>
    public FutureState State => _item.State;

    /// <summary>
    /// Cancels the task: one that no worker has begun never runs; a running one is asked to stop and, where the executor can kill, killed
    /// after <see cref="ExecutorOptions.KillAfter"/>. Awaiting it then throws <see cref="OperationCanceledException"/>, unless it ended before.
    /// </summary>
    public void Cancel() => _item.RequestCancel(CancelReason.Caller);

    /// <summary>Makes the future awaitable.</summary>
    /// <returns>The awaiter of <see cref="Task"/>.</returns>
    public TaskAwaiter GetAwaiter() => Task.GetAwaiter();
}

/// <summary>A task with a result that an executor has accepted. Await it for the result. Thread-safe.</summary>
/// <typeparam name="TResult">What the work returns.</typeparam>
public sealed class Future<TResult> : Future
{
    internal Future(WorkItem item, Task<TResult> task) : base(item, task) => Task = task;

    /// <summary>Ends as the task ends. Its continuations may run on a thread of the executor and may take their time there: others go on.</summary>
    public new Task<TResult> Task { get; }

    /// <summary>Makes the future awaitable.</summary>
    /// <returns>The awaiter of <see cref="Task"/>.</returns>
    public new TaskAwaiter<TResult> GetAwaiter() => Task.GetAwaiter();
}
