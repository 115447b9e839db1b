using System.Diagnostics;

namespace ManyHands.Lab;

/// <summary>One task of an experiment: what came out, who ran it, and when. Made where the task ran, and travels as it is.</summary>
/// <param name="Value">Its result, by which all ways to run the experiment are held to the same sum.</param>
/// <param name="Started">When it began, as a <see cref="Stopwatch"/> timestamp. They are comparable between the processes of a machine.</param>
/// <param name="Ended">When it ended.</param>
/// <param name="Process">Id of the process that ran it.</param>
/// <param name="Thread">Managed id of the thread that began it.</param>
public readonly record struct TaskRun(double Value, long Started, long Ended, int Process, int Thread);

/// <summary>Work of an experiment: a static method, so that it runs on every kind of worker.</summary>
/// <typeparam name="TInput">Input of one task.</typeparam>
public interface ITaskWork<TInput>
{
    /// <summary>Does one task.</summary>
    /// <param name="input">Its input.</param>
    /// <returns>Something that depends on all of the work, so that none can be left out.</returns>
    static abstract double Run(TInput input);
}

/// <summary>Work that can also wait without holding a thread.</summary>
/// <typeparam name="TInput">Input of one task.</typeparam>
public interface IAsyncTaskWork<TInput> : ITaskWork<TInput>
{
    /// <summary>Does one task, waiting asynchronously.</summary>
    /// <param name="input">Its input.</param>
    /// <returns>What <see cref="ITaskWork{TInput}.Run"/> would return.</returns>
    static abstract Task<double> RunAsync(TInput input);
}

/// <summary>The work with its times taken: what is really submitted.</summary>
internal static class Timed<TWork, TInput>
    where TWork : ITaskWork<TInput>
{
    public static TaskRun Run(TInput input)
    {
        long started = Stopwatch.GetTimestamp();
        double value = TWork.Run(input);
        return new TaskRun(value, started, Stopwatch.GetTimestamp(), Environment.ProcessId, Environment.CurrentManagedThreadId);
    }
}

/// <summary>The same for work that waits asynchronously; tasks that share a thread overlap.</summary>
internal static class TimedAsync<TWork, TInput>
    where TWork : IAsyncTaskWork<TInput>
{
    public static async Task<TaskRun> RunAsync(TInput input)
    {
        long started = Stopwatch.GetTimestamp();
        int thread = Environment.CurrentManagedThreadId;
        double value = await TWork.RunAsync(input).ConfigureAwait(false);
        return new TaskRun(value, started, Stopwatch.GetTimestamp(), Environment.ProcessId, thread);
    }
}
