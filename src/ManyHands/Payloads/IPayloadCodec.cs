using System.Buffers;
using ManyHands.Payloads;

namespace ManyHands;

/// <summary>
/// Turns values into bytes and back. A value arrives exactly as it was sent, or it is refused; objects are copies, and an object that can
/// be reached on two ways arrives as two equal objects. Implementations are called by many threads at once.
/// </summary>
public interface IPayloadCodec
{
    /// <summary>The codec that executors use unless they are given another: raw where values are unmanaged or text, JSON else. Thread-safe.</summary>
    static IPayloadCodec Default => PayloadCodec.Default;

    /// <summary>Appends the value's bytes to the output. After an exception the output holds an unspecified part of them.</summary>
    /// <typeparam name="T">The declared type, which the reading side uses as well.</typeparam>
    /// <param name="value">The value; null is a value.</param>
    /// <param name="output">Receives the bytes.</param>
    /// <exception cref="PayloadException">The value would not arrive unchanged; the message names the type and the member.</exception>
    void Encode<T>(T value, IBufferWriter<byte> output);

    /// <summary>Rebuilds a value from all the bytes that <see cref="Encode"/> wrote for it.</summary>
    /// <typeparam name="T">The declared type that was encoded.</typeparam>
    /// <param name="payload">The bytes; not kept.</param>
    /// <exception cref="PayloadException">The bytes are no value of this type, or its constructor or a setter threw.</exception>
    T Decode<T>(ReadOnlySpan<byte> payload);
}
