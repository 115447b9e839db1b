namespace ManyHands;

/// <summary>
/// The work failed with an exception that cannot be rebuilt in the caller's process, nor can one of its base types: they are not loaded here, or no public
/// constructor makes one that shows what the original showed. The message is the original's; the causes are in <see cref="Exception.InnerException"/>.
/// </summary>
/// <remarks>
/// An exception that only one of its base types can stand for arrives as that one, so that <c>catch</c> finds it, with the name of the real type in
/// <see cref="Exception.Data"/> under <see cref="RealTypeKey"/> and in the first line of its stack trace.
/// </remarks>
public sealed class RemoteTaskException : ExecutorException
{
    /// <summary>Under this key of <see cref="Exception.Data"/>, an exception that arrived as a base type has the full name of its real type.</summary>
    public const string RealTypeKey = "ManyHands.RealType";

    /// <summary>
    /// Under this key of <see cref="Exception.Data"/>, an exception that had a stack trace as soon as it was made, because its constructor throws and catches
    /// it, has the stack trace from where the work ran.
    /// </summary>
    public const string RemoteStackKey = "ManyHands.RemoteStack";

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
