using System.Text.Json;

namespace ManyHands.Payloads;

/// <summary>Thrown in the middle of writing JSON. A <see cref="JsonException"/>, because the serializer adds the path to those.</summary>
internal sealed class RefusedValueException : JsonException
{
    public RefusedValueException(string reason) => Message = reason;

    // The base class would replace the text when it adds the path.
    public override string Message { get; }
}
