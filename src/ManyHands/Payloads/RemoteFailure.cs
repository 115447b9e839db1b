using System.Buffers;
using System.Reflection;

namespace ManyHands.Payloads;

/// <summary>
/// An exception as data: names and texts, never an object. What can be rebuilt is decided where it arrives, see
/// <see cref="FailureRebuilder"/>.
/// </summary>
internal sealed class RemoteFailure
{
    // A malformed message must not recurse without end; a real chain is cut at FailureCapture.MaxDepth.
    private const int MaxDepth = 64;

    /// <summary>Full name of the exception's type.</summary>
    public required string TypeName { get; init; }

    /// <summary>Full name of the assembly that defines the type.</summary>
    public required string AssemblyName { get; init; }

    public required string Message { get; init; }

    /// <summary>Null where it was never thrown.</summary>
    public string? StackTrace { get; init; }

    public int HResult { get; init; }

    /// <summary>What else the type carries, in an order that <see cref="FailureDetails"/> knows. Empty for most.</summary>
    public IReadOnlyList<string?> Details { get; init; } = [];

    /// <summary>The inner exceptions: one for most, several for an aggregate.</summary>
    public IReadOnlyList<RemoteFailure> Inner { get; init; } = [];

    /// <summary>The work reports that it was cancelled.</summary>
    public bool IsCancellation => TypeName is "System.OperationCanceledException" or "System.Threading.Tasks.TaskCanceledException";

    /// <summary>There was no memory for something: for the work itself, or for what it called.</summary>
    public bool IsOutOfMemory => TypeName is "System.OutOfMemoryException" or "System.InsufficientMemoryException" || Inner.Any(inner => inner.IsOutOfMemory);

    /// <summary>The exception as data. Never throws, whatever the exception's own members do.</summary>
    public static RemoteFailure From(Exception error) => new FailureCapture().Capture(error, depth: 0);

    /// <exception cref="PayloadException">The bytes are no failure.</exception>
    public static RemoteFailure Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new FieldReader(bytes);
        var failure = Read(ref reader, depth: 0);
        return reader.IsAtEnd ? failure : throw FieldReader.Malformed();
    }

    public void Write(IBufferWriter<byte> output)
    {
        output.WriteText(TypeName);
        output.WriteText(AssemblyName);
        output.WriteText(Message);
        output.WriteText(StackTrace);
        output.WriteInt32(HResult);
        output.WriteInt32(Details.Count);
        foreach (string? detail in Details)
            output.WriteText(detail);
        output.WriteInt32(Inner.Count);
        foreach (var inner in Inner)
            inner.Write(output);
    }

    /// <summary>An exception to throw in this process.</summary>
    /// <param name="workAssembly">The assembly of the work; exceptions of it and of what it references come back as themselves.</param>
    public Exception Rebuild(Assembly? workAssembly) => new FailureRebuilder(workAssembly).Rebuild(this);

    private static RemoteFailure Read(ref FieldReader reader, int depth)
    {
        if (depth > MaxDepth)
            throw FieldReader.Malformed();

        return new RemoteFailure
        {
            TypeName = reader.ReadRequiredText(),
            AssemblyName = reader.ReadRequiredText(),
            Message = reader.ReadRequiredText(),
            StackTrace = reader.ReadText(),
            HResult = reader.ReadInt32(),
            Details = ReadDetails(ref reader),
            Inner = ReadInner(ref reader, depth + 1),
        };
    }

    private static List<string?> ReadDetails(ref FieldReader reader)
    {
        int count = reader.ReadCount();
        var details = new List<string?>();
        for (int i = 0; i < count; i++)
            details.Add(reader.ReadText());
        return details;
    }

    private static List<RemoteFailure> ReadInner(ref FieldReader reader, int depth)
    {
        int count = reader.ReadCount();
        var inner = new List<RemoteFailure>();
        for (int i = 0; i < count; i++)
            inner.Add(Read(ref reader, depth));
        return inner;
    }
}
