using System.Runtime.CompilerServices;

namespace ManyHands.Conformance;

/// <summary>No test may hang: every wait has a limit, which is far longer than anything here takes.</summary>
public static class Within
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task<T> Time<T>(this Task<T> task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        await ((Task)task).Time(what);
        return await task;
    }

    public static async Task Time(this Task task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        try
        {
            await task.WaitAsync(Limit);
        }
        catch (TimeoutException error) when (!task.IsCompleted) // ours, not the task's
        {
            throw new TimeoutException($"'{what}' did not end within {Limit}.", error);
        }
    }

    public static async Task<List<T>> ToList<T>(this IAsyncEnumerable<T> results)
    {
        var list = new List<T>();
        await foreach (T result in results)
            list.Add(result);
        return list;
    }

    /// <summary>Waits until something is so, looking every few milliseconds.</summary>
    public static async Task Until(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Limit)
                throw new TimeoutException($"'{what}' did not become true within {Limit}.");
            await Task.Delay(3);
        }
    }
}
