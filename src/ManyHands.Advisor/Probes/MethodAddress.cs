namespace ManyHands.Advisor;

/// <summary>A static method of an assembly that is loaded for the purpose.</summary>
/// <param name="AssemblyPath">Full path of the assembly; what it needs is found beside it, as its .deps.json says.</param>
/// <param name="Name">Namespace.Type.Method; nested types with a plus sign.</param>
public sealed record MethodAddress(string AssemblyPath, string Name);

/// <summary>One call of a method.</summary>
/// <param name="Method">The method.</param>
/// <param name="Input">The argument as text: numbers and the like in invariant culture, strings as they are, everything else as JSON. Ignored where the method takes none.</param>
public sealed record MethodCall(MethodAddress Method, string Input);

/// <summary>The method, its assembly or its input cannot be used; the message says what and why.</summary>
public sealed class MethodProbeException : Exception
{
    /// <summary>With a message.</summary>
    /// <param name="message">What cannot be used, and why.</param>
    public MethodProbeException(string message) : base(message)
    {
    }

    /// <summary>With a message and a reason.</summary>
    /// <param name="message">What cannot be used, and why.</param>
    /// <param name="innerException">The reason.</param>
    public MethodProbeException(string message, Exception? innerException) : base(message, innerException)
    {
    }
}
