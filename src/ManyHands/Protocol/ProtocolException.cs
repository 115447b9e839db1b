namespace ManyHands.Protocol;

/// <summary>The other side sent what it must not send. The connection cannot be used any more.</summary>
internal sealed class ProtocolException(string message) : Exception(message);
