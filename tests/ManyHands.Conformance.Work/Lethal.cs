using System.Text.Json;
using System.Text.Json.Serialization;

namespace ManyHands.Conformance.Work;

/// <summary>A value that ends the process in which it is decoded or encoded, unless that is its home.</summary>
/// <param name="Home">The process that may.</param>
/// <param name="WhenRead">It happens when it is decoded; else when it is encoded.</param>
/// <param name="Way">How the process ends.</param>
[JsonConverter(typeof(Converter))]
public sealed record Lethal(int Home, bool WhenRead, Death Way)
{
    public static int Take(Lethal value) => value.Home;

    public static Lethal Give(int home) => new(home, WhenRead: false, Death.Kill);

    public static Lethal GiveThenExit(int home) => new(home, WhenRead: false, Death.ExitNow);

    public static Lethal GiveThenFault(int home) => new(home, WhenRead: false, Death.NativeFault);

    private void Strike(bool reading)
    {
        if (reading == WhenRead && Environment.ProcessId != Home)
            _ = Dying.Die((Way, DeathThread.OfTheTask, "lethal"));
    }

    private sealed class Converter : JsonConverter<Lethal>
    {
        public override Lethal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            int[] parts = [.. (reader.GetString() ?? "").Split(' ').Select(int.Parse)];
            var value = new Lethal(parts[0], parts[1] == 1, (Death)parts[2]);
            value.Strike(reading: true);
            return value;
        }

        public override void Write(Utf8JsonWriter writer, Lethal value, JsonSerializerOptions options)
        {
            value.Strike(reading: false);
            writer.WriteStringValue(FormattableString.Invariant($"{value.Home} {(value.WhenRead ? 1 : 0)} {(int)value.Way}"));
        }
    }
}
