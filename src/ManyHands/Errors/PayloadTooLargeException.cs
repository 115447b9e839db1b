using System.Globalization;

namespace ManyHands;

/// <summary>A value has more bytes than a message may have.</summary>
public sealed class PayloadTooLargeException : PayloadException
{
    internal PayloadTooLargeException(long limit, long size)
        : this(Describe(limit, size), limit, size)
    {
    }

    internal PayloadTooLargeException(string message, long limit, long size) : base(message)
    {
        Limit = limit;
        Size = size;
    }

    /// <summary>The most bytes that are allowed.</summary>
    public long Limit { get; }

    /// <summary>The bytes of the value; at least as many as were counted when the limit was passed.</summary>
    public long Size { get; }

    private static string Describe(long limit, long size) => string.Create(
        CultureInfo.InvariantCulture,
        $"it has {size:N0} bytes or more and the limit is {limit:N0}. Send a file path, a part of the data or shared memory instead.");
}
