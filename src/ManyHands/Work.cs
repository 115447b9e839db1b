using System.Reflection;
using System.Runtime.CompilerServices;

namespace ManyHands;

/// <summary>The result of work that returns nothing.</summary>
internal readonly struct Nothing;

/// <summary>A delegate of one of the eight kinds, made callable in one way.</summary>
internal readonly struct Work<TArgument, TResult>
{
    private readonly Kind _kind;

    public Work(Delegate work)
    {
        ArgumentNullException.ThrowIfNull(work);
        Delegate = work;
        _kind = work switch
        {
            Action<TArgument> => Kind.Action,
            Action<TArgument, CancellationToken> => Kind.ActionWithToken,
            Func<TArgument, Task<TResult>> => Kind.AsyncFunction,
            Func<TArgument, CancellationToken, Task<TResult>> => Kind.AsyncFunctionWithToken,
            Func<TArgument, Task> => Kind.AsyncAction,
            Func<TArgument, CancellationToken, Task> => Kind.AsyncActionWithToken,
            Func<TArgument, TResult> => Kind.Function,
            Func<TArgument, CancellationToken, TResult> => Kind.FunctionWithToken,
            _ => throw new ArgumentException($"{work.GetType()} is none of the kinds of work that can be run.", nameof(work)),
        };
        if (_kind is Kind.Function or Kind.FunctionWithToken && Awaitable.Refused)
        {
            throw new ArgumentException(
                $"{Name(work)} returns {typeof(TResult)}, which would have to be awaited. Return Task or Task<T> instead.", nameof(work));
        }
    }

    private enum Kind
    {
        Action,
        ActionWithToken,
        Function,
        FunctionWithToken,
        AsyncAction,
        AsyncActionWithToken,
        AsyncFunction,
        AsyncFunctionWithToken,
    }

    public Delegate Delegate { get; }

    public bool TakesToken =>
        _kind is Kind.ActionWithToken or Kind.FunctionWithToken or Kind.AsyncActionWithToken or Kind.AsyncFunctionWithToken;

    /// <summary>It returns something to await, so it may end on any thread.</summary>
    public bool IsAsync => _kind >= Kind.AsyncAction;

    /// <summary>Type and method of the delegate, for people.</summary>
    public static string Name(Delegate work)
    {
        MethodInfo method = work.Method;
        return method.DeclaringType is { } type ? $"{type.FullName}.{method.Name}" : method.Name;
    }

    /// <summary>Runs the work on this thread.</summary>
    /// <returns>Null where it is done and <paramref name="result"/> is set; else what is still to be awaited.</returns>
    public Task<TResult>? Invoke(TArgument argument, CancellationToken cancellation, out TResult result)
    {
        result = default!;
        switch (_kind)
        {
            case Kind.Action:
                Unsafe.As<Action<TArgument>>(Delegate)(argument);
                return null;
            case Kind.ActionWithToken:
                Unsafe.As<Action<TArgument, CancellationToken>>(Delegate)(argument, cancellation);
                return null;
            case Kind.Function:
                result = Unsafe.As<Func<TArgument, TResult>>(Delegate)(argument);
                return null;
            case Kind.FunctionWithToken:
                result = Unsafe.As<Func<TArgument, CancellationToken, TResult>>(Delegate)(argument, cancellation);
                return null;
            case Kind.AsyncAction:
                return Pending(Unsafe.As<Func<TArgument, Task>>(Delegate)(argument));
            case Kind.AsyncActionWithToken:
                return Pending(Unsafe.As<Func<TArgument, CancellationToken, Task>>(Delegate)(argument, cancellation));
            case Kind.AsyncFunction:
                return Pending(Unsafe.As<Func<TArgument, Task<TResult>>>(Delegate)(argument), ref result);
            default:
                return Pending(Unsafe.As<Func<TArgument, CancellationToken, Task<TResult>>>(Delegate)(argument, cancellation), ref result);
        }
    }

    private Task<TResult>? Pending(Task<TResult>? task, ref TResult result)
    {
        if (task is null)
            throw NullTask();
        if (!task.IsCompletedSuccessfully)
            return task;
        result = task.Result;
        return null;
    }

    private Task<TResult>? Pending(Task? task)
    {
        if (task is null)
            throw NullTask();
        return task.IsCompletedSuccessfully ? null : Await(task);

        static async Task<TResult> Await(Task task)
        {
            await task.ConfigureAwait(false);
            return default!;
        }
    }

    private InvalidOperationException NullTask() => new($"{Name(Delegate)} returned null where a Task was expected.");

    /// <summary>Whether TResult is something to await that no kind of work covers, a ValueTask above all.</summary>
    private static class Awaitable
    {
        public static readonly bool Refused =
            typeof(TResult).GetMethod("GetAwaiter", BindingFlags.Instance | BindingFlags.Public, []) is not null;
    }
}
