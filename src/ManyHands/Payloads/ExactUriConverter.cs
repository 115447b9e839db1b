using System.Text.Json;
using System.Text.Json.Serialization;

namespace ManyHands.Payloads;

/// <summary>
/// Addresses in JSON, with one letter that tells absolute from relative: parsed without it, the relative "/orders" becomes the file
/// "/orders" on Unix.
/// </summary>
internal sealed class ExactUriConverter : JsonConverter<Uri>
{
    private const char Absolute = 'a';
    private const char Relative = 'r';

    public override Uri Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(reader.GetString());

    public override void Write(Utf8JsonWriter writer, Uri value, JsonSerializerOptions options) => writer.WriteStringValue(TextOf(value));

    public override Uri ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => Parse(reader.GetString());

    public override void WriteAsPropertyName(Utf8JsonWriter writer, Uri value, JsonSerializerOptions options)
        => writer.WritePropertyName(TextOf(value));

    private static string TextOf(Uri value)
    {
        if (value.GetType() != typeof(Uri))
            throw new RefusedValueException(ExactContract.OtherType(value.GetType(), typeof(Uri)));
        ExactTextConverter.Check(value.OriginalString);
        return (value.IsAbsoluteUri ? Absolute : Relative) + value.OriginalString;
    }

    private static Uri Parse(string? text)
        => text is [Absolute, ..] ? new Uri(text[1..], UriKind.Absolute)
        : text is [Relative, ..] ? new Uri(text[1..], UriKind.Relative)
        : throw new JsonException("The text is no address.");
}
