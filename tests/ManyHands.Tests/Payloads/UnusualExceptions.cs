using System.Diagnostics;
using System.Net;

namespace ManyHands.Tests.Payloads;

public sealed class BrokenBowException(string message, Exception? inner) : Exception(message, inner);

public sealed class NumberedException(int number) : Exception($"number {number}");

public sealed class RewritingException(string message) : Exception($"{message.Length} characters");

public sealed class GenericException<T>(string message) : Exception(message);

public sealed class ExplodingException : Exception
{
    public ExplodingException(int number) : base($"{number}")
    {
    }

    public ExplodingException(string message) : base(message) => throw new FormatException("in the constructor");
}

/// <summary>Has a stack trace as soon as it is made.</summary>
public sealed class TracedException : Exception
{
    public TracedException(string message, Exception? inner) : base(message, inner)
    {
        try
        {
            throw this;
        }
        catch (TracedException)
        {
            // Now it has one.
        }
    }
}

public sealed class CodeException(int code, string text) : Exception(text)
{
    public int Code => code;
}

public sealed class OrderException : InvalidOperationException
{
    public OrderException(string message, Purchase order, HttpStatusCode status) : base($"Order: {message} ({(int)status})") => (Order, Status) = (order, status);

    public Purchase Order { get; }

    public HttpStatusCode Status { get; }

    public string? Comment { get; init; }

    public string[] Tags { get; set; } = [];
}

public readonly record struct Point(int X, int Y);

public sealed record Purchase(int Number, string Name);

/// <summary>Nothing takes its value, so it is lost.</summary>
public class SecretiveException(string message) : InvalidOperationException(message)
{
    public long At { get; } = Stopwatch.GetTimestamp();
}

public sealed class MoreSecretiveException(string message, Stream stream) : TimeoutException(message)
{
    public Stream Stream => stream;
}

public sealed class ThrowingGettersException : Exception
{
    public override string Message => throw new FormatException();

    public override string? StackTrace => throw new NotImplementedException();

    public override string ToString() => throw new NotSupportedException();
}
