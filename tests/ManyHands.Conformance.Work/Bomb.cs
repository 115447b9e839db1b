using System.Text.Json;
using System.Text.Json.Serialization;

namespace ManyHands.Conformance.Work;

/// <summary>How something goes wrong.</summary>
public enum Way
{
    /// <summary>An exception.</summary>
    Throw,

    /// <summary>The runtime's orderly exit, code 3; where the caller's own process would end, an exception that means "stop".</summary>
    Exit,

    /// <summary>The C library's exit at once, code 0.</summary>
    ExitAtOnce,

    /// <summary>A fault in native code.</summary>
    Fault,
}

/// <summary>On which side of its journey a value goes off.</summary>
public enum Moment
{
    /// <summary>Never.</summary>
    Never,

    /// <summary>When it is encoded.</summary>
    Encoding,

    /// <summary>When it is decoded.</summary>
    Decoding,
}

/// <summary>A value that goes off on its journey: as an argument or as a result, when it is encoded or decoded.</summary>
/// <param name="At">When.</param>
/// <param name="Way">How.</param>
/// <param name="Here">The process that it must not end: the one that made it.</param>
[JsonConverter(typeof(Converter))]
public sealed record Bomb(Moment At, Way Way, int Here)
{
    /// <summary>A bomb for a task's argument.</summary>
    public static Bomb Of(Moment at, Way way) => new(at, way, Environment.ProcessId);

    /// <summary>Goes off.</summary>
    /// <param name="way">How.</param>
    /// <param name="harmless">Only throws.</param>
    public static unsafe void GoOff(Way way, bool harmless = false)
    {
        switch (way)
        {
            case Way.Exit when harmless:
                throw new OperationCanceledException("stop");
            case Way.Exit:
                Crashing.Exit(3);
                break;
            case Way.ExitAtOnce when !harmless:
                Crashing.ExitNow(0);
                break;
            case Way.Fault when !harmless:
                Crashing.Fault(0);
                break;
            default:
                throw new FormatException("It went off.");
        }
    }

    private sealed class Converter : JsonConverter<Bomb>
    {
        public override Bomb Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            int[] parts = [.. reader.GetString()!.Split(' ').Select(int.Parse)];
            var bomb = new Bomb((Moment)parts[0], (Way)parts[1], parts[2]);
            if (bomb.At == Moment.Decoding)
                GoOff(bomb.Way, harmless: bomb.Here == Environment.ProcessId);
            return bomb;
        }

        public override void Write(Utf8JsonWriter writer, Bomb value, JsonSerializerOptions options)
        {
            if (value.At == Moment.Encoding)
                GoOff(value.Way, harmless: value.Here == Environment.ProcessId);
            writer.WriteStringValue($"{(int)value.At} {(int)value.Way} {value.Here}");
        }
    }
}

/// <summary>Work with bombs.</summary>
public static class Bombs
{
    public static int Take(Bomb bomb) => (int)bomb.At;

    public static int GoOff(Way way)
    {
        Bomb.GoOff(way);
        return 0;
    }

    /// <summary>Makes one that spares the process <c>Spared</c>.</summary>
    public static Bomb Make((Moment At, Way Way, int Spared) order) => new(order.At, order.Way, order.Spared);
}
