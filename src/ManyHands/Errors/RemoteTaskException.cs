namespace ManyHands;

/// <summary>
/// The work failed in another process with an exception that cannot be rebuilt here: its type is not loaded in this process, or has no
/// public constructor that takes a message. The message is the remote one; the causes are in <see cref="Exception.InnerException"/>.
/// </summary>
public sealed class RemoteTaskException : ExecutorException
{
    internal RemoteTaskException(string typeName, string message, string? remoteStack, Exception? innerException = null)
        : base(message, innerException)
    {
        TypeName = typeName;
        RemoteStack = remoteStack;
    }

    /// <summary>Full name of the exception's type in the other process, such as <c>Shop.OutOfStockException</c>.</summary>
    public string TypeName { get; }

    /// <summary>The stack trace from the other process, or null where there was none.</summary>
    public string? RemoteStack { get; }

    /// <summary>The message with the remote type's name before it, the causes and both stacks.</summary>
    public override string ToString() => $"{TypeName} (in another process) as {base.ToString()}";
}
