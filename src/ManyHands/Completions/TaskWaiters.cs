using System.Runtime.CompilerServices;

namespace ManyHands.Completions;

/// <summary>
/// Who cannot go on before a task has ended: asynchronous methods that await it, as the tasks they return, and threads that are blocked until then,
/// as the events they wait for. Only the runtime knows, in members of its own, so it is asked there. What is not understood counts as nobody: who
/// awaits the first of several tasks, or with a limit, may go on without this one. A runtime without those members is one in which nobody waits.
/// </summary>
/// <remarks>
/// Costs a microsecond or so, and is exact for one moment only. TaskWaitersTests show that it works on the runtime at hand. A thread that waits with
/// a limit (<c>task.Wait(1000)</c>) looks like one that waits without.
/// </remarks>
internal static class TaskWaiters
{
    private static readonly bool _isKnown = IsKnown();
    private static readonly ConditionalWeakTable<Task, Task> _told = [];

    /// <summary>The task whose delegate the calling thread is executing; null where there is none.</summary>
    public static Task? Executing => _isKnown ? Current(null) : null;

    /// <summary>Who waits for the task itself.</summary>
    /// <returns>Each a <see cref="Task"/>, which cannot end before this one, or the <see cref="ManualResetEventSlim"/> of a blocked thread.</returns>
    public static IEnumerable<object> Of(Task task)
    {
        if (!_isKnown)
            return [];
        if (!task.IsCompleted && _told.TryGetValue(task, out Task? method) && Understood(method) is { } told)
            return [told];
        object? waiters = Volatile.Read(ref Continuation(task));
        if (waiters is not List<object?> several)
            return Understood(waiters) is { } waiter ? [waiter] : [];
        lock (several) // as the runtime does
            return [.. several.Select(Understood).OfType<object>()];
    }

    /// <summary>An asynchronous method of the library waits for a task that nothing else waits for, in a way that the runtime does not show.</summary>
    public static void Tell(Task task, Task method) => _told.AddOrUpdate(task, method);

    /// <summary>Who waits for the task, for those that do, and so on.</summary>
    public static IEnumerable<object> Behind(Task task)
    {
        var seen = new HashSet<object>();
        var next = new Stack<Task>([task]);
        while (next.TryPop(out Task? one))
        {
            foreach (object waiter in Of(one))
            {
                if (!seen.Add(waiter))
                    continue;
                if (waiter is Task behind)
                    next.Push(behind);
                yield return waiter;
            }
        }
    }

    private static object? Understood(object? waiter) => waiter switch
    {
        ManualResetEventSlim => waiter, // of Wait and WaitAll; WaitAny has a task between
        Action { Target: ManualResetEventSlim blocked } => blocked, // of ToBlockingEnumerable
        Task task when WaitsForAll(task.GetType()) => task,
        _ => null,
    };

    // By name, since the types are the runtime's own: an async method, WhenAll, and the task for a task that Task.Run returns.
    private static bool WaitsForAll(Type? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type.Assembly == typeof(Task).Assembly && type.Name is "AsyncStateMachineBox`1" or "WhenAllPromise" or "WhenAllPromise`1" or "UnwrapPromise`1")
                return true;
        }

        return false;
    }

    private static bool IsKnown()
    {
        try
        {
            _ = Continuation(Task.CompletedTask);
            _ = Current(null);
            return true;
        }
        catch (MissingMemberException)
        {
            return false;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_continuationObject")]
    private static extern ref object? Continuation(Task task);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "get_InternalCurrent")]
    private static extern Task? Current(Task? ofType);
}
