using System.Text.Json;
using System.Text.Json.Serialization;

namespace ManyHands.Conformance.Work;

/// <summary>A result that its caller cannot read before a file is there.</summary>
/// <param name="Begun">Made where it begins to be read.</param>
/// <param name="Gate">The file.</param>
[JsonConverter(typeof(Converter))]
public sealed record SlowToDecode(string Begun, string Gate)
{
    public static SlowToDecode Make((string Begun, string Gate) files) => new(files.Begun, files.Gate);

    private sealed class Converter : JsonConverter<SlowToDecode>
    {
        public override SlowToDecode Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            string[] files = reader.GetString()!.Split('|');
            Waiting.ForFile((files[0], files[1]));
            return new SlowToDecode(files[0], files[1]);
        }

        public override void Write(Utf8JsonWriter writer, SlowToDecode value, JsonSerializerOptions options) =>
            writer.WriteStringValue($"{value.Begun}|{value.Gate}");
    }
}
