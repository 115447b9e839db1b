using System.Runtime.CompilerServices;

namespace ManyHands.Completions;

/// <summary>
/// Awaits without ever needing the thread pool. The runtime sends what is awaited there if the task ends in the moment between the question whether it has ended and
/// the registration, or if it ends on a thread with a synchronization context; a thread pool that is full of blocked items would keep it for minutes.
/// </summary>
internal static class Resuming
{
    /// <summary>Goes on where the task ends, or right here if it has ended.</summary>
    public static Awaiter Here(this Task task) => new(task);

    internal readonly struct Awaiter(Task task) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => task.IsCompleted;

        public Awaiter GetAwaiter() => this;

        public void GetResult() => task.GetAwaiter().GetResult();

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation) => task.ContinueWith(
            static (_, next) => ((Action)next!)(), continuation, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
