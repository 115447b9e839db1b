using System.Buffers;
using System.Reflection;

namespace ManyHands.Payloads;

/// <summary>
/// An exception as data: names, texts and encoded values, never an object. What can be rebuilt is decided where it arrives, see
/// <see cref="FailureRebuilder"/>.
/// </summary>
internal sealed class RemoteFailure
{
    /// <summary>Full name of the exception's type.</summary>
    public required string TypeName { get; init; }

    /// <summary>The exception's type and its bases, below <see cref="Exception"/>, nearest first. Empty where there is none to be found.</summary>
    public IReadOnlyList<FailureType> Types { get; init; } = [];

    public required string Message { get; init; }

    /// <summary>Null where it was never thrown.</summary>
    public string? StackTrace { get; init; }

    public int HResult { get; init; }

    public string? Source { get; init; }

    public string? HelpLink { get; init; }

    /// <summary>The values of the type's public members (<see cref="ExceptionShape"/>); null for what cannot travel.</summary>
    public IReadOnlyList<(string Name, byte[]? Value)> State { get; init; } = [];

    /// <summary>The entries of <see cref="Exception.Data"/>, as <see cref="FailureValue"/> encodes an <see cref="object"/>.</summary>
    public IReadOnlyList<(byte[] Key, byte[] Value)> Data { get; init; } = [];

    /// <summary>What our own types carry, in an order that <see cref="FailureDetails"/> knows.</summary>
    public IReadOnlyList<string?> Details { get; init; } = [];

    /// <summary>The inner exceptions: one for most, several for an aggregate.</summary>
    public IReadOnlyList<RemoteFailure> Inner { get; init; } = [];

    /// <summary>The work reports that it was cancelled.</summary>
    public bool IsCancellation => Is(typeof(OperationCanceledException));

    /// <summary>There was no memory for something: for the work itself, or for what it called.</summary>
    public bool IsOutOfMemory => Is(typeof(OutOfMemoryException)) || Inner.Any(inner => inner.IsOutOfMemory);

    /// <summary>Memory was touched that is none, so what lies beside it cannot be trusted either.</summary>
    public bool IsAccessViolation => Is(typeof(AccessViolationException)) || Inner.Any(inner => inner.IsAccessViolation);

    /// <summary>The exception as data. Never throws, whatever the exception's own members do.</summary>
    public static RemoteFailure From(Exception error) => new FailureCapture().Capture(error, depth: 0);

    /// <exception cref="PayloadException">The bytes are no failure.</exception>
    public static RemoteFailure Read(ReadOnlySpan<byte> bytes) => FailureFormat.Read(bytes);

    public void Write(IBufferWriter<byte> output) => FailureFormat.Write(this, output);

    /// <summary>An exception to throw in this process. Never throws.</summary>
    /// <param name="workAssembly">The assembly of the work; exceptions of it and of what it references come back as themselves.</param>
    public Exception Rebuild(Assembly? workAssembly) => new FailureRebuilder(workAssembly).Rebuild(this);

    private bool Is(Type type) => TypeName == type.FullName || Types.Any(named => named.Name == type.FullName && named.AssemblyName == type.Assembly.FullName);
}
