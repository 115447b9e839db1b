using System.Reflection;
using System.Runtime.ExceptionServices;

namespace ManyHands.Payloads;

/// <summary>
/// Makes an exception of this process from a failure of another one: of the same type where it can be rebuilt whole, else of the nearest base type that can,
/// with the real name, else a <see cref="RemoteTaskException"/>. Only types of <see cref="FailureTypes"/> are created.
/// </summary>
internal sealed class FailureRebuilder(Assembly? workAssembly)
{
    private readonly FailureTypes _types = new(workAssembly);

    /// <summary>Never throws.</summary>
    public Exception Rebuild(RemoteFailure failure)
    {
        try
        {
            Exception[] inner = [.. failure.Inner.Select(Rebuild)];
            var error = TryRebuild(failure, inner);
            if (error is null)
            {
                error = Stranger(failure, inner);
                Dress(error, failure, _types);
            }

            GiveStack(error, failure);
            return error;
        }
        catch (OutOfMemoryException error)
        {
            return error; // there is no room for what happened, and that is all that can be said
        }
        catch (Exception)
        {
            // Something of the exception that was made is foreign code and fails. The stand-in has nothing of the kind.
            return new RemoteTaskException(failure.TypeName, failure.Message, failure.StackTrace);
        }
    }

    /// <summary>Gives an exception what every exception can have.</summary>
    public static void Dress(Exception error, RemoteFailure failure, FailureTypes types)
    {
        error.HResult = failure.HResult;
        if (failure.Source is not null)
            error.Source = failure.Source;
        if (failure.HelpLink is not null)
            error.HelpLink = failure.HelpLink;
        foreach (var (key, value) in failure.Data)
        {
            if (FailureValue.Decode(typeof(object), key, types) is { } name)
                error.Data[name] = FailureValue.Decode(typeof(object), value, types);
        }
    }

    private Exception? TryRebuild(RemoteFailure failure, Exception[] inner)
    {
        for (int i = 0; i < failure.Types.Count; i++)
        {
            if (TryRebuild(failure.Types[i], i > 0, failure, inner) is not { } error)
                continue;
            if (i > 0)
                error.Data[RemoteTaskException.RealTypeKey] = failure.TypeName;
            return error;
        }

        return null;
    }

    private Exception? TryRebuild(FailureType named, bool isBase, RemoteFailure failure, Exception[] inner)
    {
        try
        {
            if (named.AssemblyName == typeof(RemoteFailure).Assembly.FullName)
                return FailureDetails.Ours(named.Name, failure, inner) is { } ours && ours.Message == failure.Message ? Dressed(ours, failure) : null;
            return _types.Find(named) is { IsAbstract: false } type && type.IsAssignableTo(typeof(Exception))
                ? new ExceptionBuilder(type, isBase, failure, inner, _types).TryBuild()
                : null;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // What came may be malformed, and what is made of it is foreign code. Where that fails, a base type still tells what happened.
            return null;
        }
    }

    private Exception Dressed(Exception error, RemoteFailure failure)
    {
        Dress(error, failure, _types);
        return error;
    }

    private static RemoteTaskException Stranger(RemoteFailure failure, Exception[] inner)
        => new(failure.TypeName, failure.Message, failure.StackTrace, inner.Length switch
        {
            0 => null,
            1 => inner[0],
            _ => new AggregateException(inner),
        });

    private static void GiveStack(Exception error, RemoteFailure failure)
    {
        string? stack = failure.StackTrace;
        if (stack is null)
            return;
        if (error is not RemoteTaskException && error.Data.Contains(RemoteTaskException.RealTypeKey))
            stack = $"   thrown as {error.Data[RemoteTaskException.RealTypeKey]}{Environment.NewLine}{stack}";
        try
        {
            ExceptionDispatchInfo.SetRemoteStackTrace(error, stack);
        }
        catch (InvalidOperationException)
        {
            error.Data[RemoteTaskException.RemoteStackKey] = stack; // its constructor has thrown it, so it has a stack of its own
        }
    }
}
