using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace ManyHands.Chaos.Victims;

/// <summary>
/// Encodes orders and answers, and so is where a worker's own code first hears of a task and is last with its result: it notes both on the
/// board, and dies there where that is the worker's fate.
/// </summary>
internal sealed class ChaosCodec : IPayloadCodec
{
    private const int Head = 24;

    public void Encode<T>(T value, IBufferWriter<byte> output)
    {
        switch (value)
        {
            case Order order:
                Span<byte> head = output.GetSpan(Head + order.Data.Length);
                BinaryPrimitives.WriteInt32LittleEndian(head, order.Task);
                BinaryPrimitives.WriteInt32LittleEndian(head[4..], (int)order.Deed);
                BinaryPrimitives.WriteInt32LittleEndian(head[8..], order.Micros);
                BinaryPrimitives.WriteInt32LittleEndian(head[12..], order.AnswerSize);
                order.Data.Span.CopyTo(head[Head..]);
                output.Advance(Head + order.Data.Length);
                break;
            case Answer answer:
                Victim.Writing();
                Span<byte> target = output.GetSpan(Head + answer.Data.Length);
                BinaryPrimitives.WriteInt32LittleEndian(target, answer.Task);
                BinaryPrimitives.WriteInt32LittleEndian(target[4..], answer.Pid);
                BinaryPrimitives.WriteUInt64LittleEndian(target[8..], answer.Sum);
                answer.Data.Span.CopyTo(target[Head..]);
                output.Advance(Head + answer.Data.Length);
                Victim.Ended();
                break;
            case string text:
                output.Write(Encoding.UTF8.GetBytes(text));
                break;
            default:
                throw new PayloadException($"{typeof(T)} is not among what chaos sends.");
        }
    }

    public T Decode<T>(ReadOnlySpan<byte> payload)
    {
        if (typeof(T) == typeof(string))
            return (T)(object)Encoding.UTF8.GetString(payload);
        int task = BinaryPrimitives.ReadInt32LittleEndian(payload);
        ReadOnlySpan<byte> rest = payload[4..];
        if (typeof(T) == typeof(Answer))
        {
            return (T)(object)new Answer(
                task, BinaryPrimitives.ReadInt32LittleEndian(rest), BinaryPrimitives.ReadUInt64LittleEndian(rest[4..]),
                payload[Head..].ToArray());
        }

        Victim.Reading(task);
        return (T)(object)new Order(
            task, (Deed)BinaryPrimitives.ReadInt32LittleEndian(rest), BinaryPrimitives.ReadInt32LittleEndian(rest[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(rest[8..]), payload[Head..].ToArray());
    }
}
