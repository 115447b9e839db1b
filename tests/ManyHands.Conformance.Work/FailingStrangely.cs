using System.Reflection;
using System.Runtime.CompilerServices;

namespace ManyHands.Conformance.Work;

/// <summary>What is wrong with an exception.</summary>
public enum StrangeFailure
{
    MessageThrows,
    StackTraceThrows,
    DataThrows,
    ToStringThrows,
    HugeMessage,
    CauseOfItself,
    CausesInACircle,
    ThousandCauses,
    AggregateOfThousands,
    NoTypeOfItsOwnOnTheOtherSide,
    MessageWithAHalfCharacter,
}

/// <summary>Work that throws exceptions which are hard to take along.</summary>
public static class FailingStrangely
{
    public static int Throw(StrangeFailure how) => throw how switch
    {
        StrangeFailure.MessageThrows or StrangeFailure.StackTraceThrows or StrangeFailure.DataThrows or StrangeFailure.ToStringThrows => new HostileException(how),
        StrangeFailure.HugeMessage => new InvalidOperationException(new string('x', 10_000_000)),
        StrangeFailure.CauseOfItself => InACircle(1),
        StrangeFailure.CausesInACircle => InACircle(3),
        StrangeFailure.ThousandCauses => Enumerable.Range(0, 1000).Aggregate(new InvalidOperationException("first"), (inner, i) => new InvalidOperationException($"cause {i}", inner)),
        StrangeFailure.AggregateOfThousands => new AggregateException(Enumerable.Range(0, 10_000).Select(i => new InvalidOperationException($"{i}"))),
        StrangeFailure.NoTypeOfItsOwnOnTheOtherSide => new StrangeException(5, "strange"),
        _ => new InvalidOperationException("half of a pair: \ud83d."),
    };

    private static InvalidOperationException InACircle(int length)
    {
        InvalidOperationException[] circle = [.. Enumerable.Range(0, length).Select(i => new InvalidOperationException($"circle {i}"))];
        FieldInfo inner = typeof(Exception).GetField("_innerException", BindingFlags.Instance | BindingFlags.NonPublic)!;
        for (int i = 0; i < length; i++)
            inner.SetValue(circle[i], circle[(i + 1) % length]);
        return circle[0];
    }
}

/// <summary>Throws where it is asked what it is.</summary>
public sealed class HostileException(StrangeFailure how) : Exception("hostile")
{
    public override string Message => how == StrangeFailure.MessageThrows ? throw new InvalidOperationException("No message.") : base.Message;

    public override string? StackTrace => how == StrangeFailure.StackTraceThrows ? throw new InvalidOperationException("No stack.") : base.StackTrace;

    public override System.Collections.IDictionary Data => how == StrangeFailure.DataThrows ? throw new InvalidOperationException("No data.") : base.Data;

    public override string ToString() => how == StrangeFailure.ToStringThrows ? throw new InvalidOperationException("No text.") : base.ToString();
}

/// <summary>A link of a chain that may be a circle.</summary>
public sealed class Link
{
    public Link? Next { get; set; }
}

/// <summary>Its constructor refuses 0, which one that was made without a constructor has all the same.</summary>
public sealed record Positive
{
    public Positive(int value) => Value = value == 0 ? throw new InvalidOperationException("Boom.") : value;

    public int Value { get; }

    public static Positive Zero { get; } = (Positive)RuntimeHelpers.GetUninitializedObject(typeof(Positive));

    public static int Take(Positive value) => value.Value;

    public static Positive Give(int value) => value == 0 ? Zero : new Positive(value);
}

/// <summary>Decoding waits for a file: <paramref name="Gate"/>, where there is one.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(Converter))]
public sealed record Slow(string Gate)
{
    public static Slow Give(string gate) => new(gate);

    private sealed class Converter : System.Text.Json.Serialization.JsonConverter<Slow>
    {
        public override Slow Read(ref System.Text.Json.Utf8JsonReader reader, Type typeToConvert, System.Text.Json.JsonSerializerOptions options)
        {
            var value = new Slow(reader.GetString() ?? "");
            _ = Waiting.ForFile((value.Gate + ".begun", value.Gate));
            return value;
        }

        public override void Write(System.Text.Json.Utf8JsonWriter writer, Slow value, System.Text.Json.JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Gate);
    }
}
