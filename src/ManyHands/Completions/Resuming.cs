using System.Runtime.CompilerServices;

namespace ManyHands.Completions;

/// <summary>
/// Awaits without ever needing the thread pool. The runtime sends what is awaited there if the task ends in the moment between the question whether it has ended and
/// the registration, or if it ends on a thread with a synchronization context; a thread pool that is full of blocked items would keep it for minutes.
/// </summary>
internal static class Resuming
{
    /// <summary>Goes on where the task ends, or right here if it has ended.</summary>
    /// <param name="task">The task.</param>
    /// <param name="isSeen">A caller's own method waits for it: <see cref="TaskWaiters"/> is told, since the runtime does not show such a wait.</param>
    public static Awaiter Here(this Task task, bool isSeen = false) => new(task, isSeen);

    internal readonly struct Awaiter(Task task, bool isSeen) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => task.IsCompleted;

        public Awaiter GetAwaiter() => this;

        public void GetResult() => task.GetAwaiter().GetResult();

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation)
        {
            if (isSeen && continuation.Target is Task method)
                TaskWaiters.Tell(task, method);
            task.ContinueWith(
                static (_, next) => ((Action)next!)(), continuation, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }
}
