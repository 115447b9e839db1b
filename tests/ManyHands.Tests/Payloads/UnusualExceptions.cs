namespace ManyHands.Tests.Payloads;

public sealed class BrokenBowException(string message, Exception? inner) : Exception(message, inner);

public sealed class NumberedException(int number) : Exception($"number {number}");

public sealed class RewritingException(string message) : Exception($"[{message}]");

public sealed class GenericException<T>(string message) : Exception(message);

public sealed class ExplodingException : Exception
{
    public ExplodingException()
    {
    }

    public ExplodingException(string message) : base(message) => throw new FormatException("in the constructor");
}

public sealed class ThrowingGettersException : Exception
{
    public override string Message => throw new FormatException();

    public override string? StackTrace => throw new NotImplementedException();

    public override string ToString() => throw new NotSupportedException();
}
