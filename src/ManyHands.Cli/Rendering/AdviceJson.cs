using System.Text.Json;
using System.Text.Json.Serialization;
using ManyHands.Advisor;

namespace ManyHands.Cli.Rendering;

/// <summary>An advice as JSON: times in seconds, sizes in bytes.</summary>
internal static class AdviceJson
{
    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static string Write(Advice advice, Verification? verification) => JsonSerializer.Serialize(
        new
        {
            advice.Measurement.Work,
            advice.Character,
            advice.Kind,
            advice.Workers,
            advice.SpeedUp,
            advice.Why,
            advice.Findings,
            advice.Measurement,
            advice.Machine,
            Verification = verification is null ? null : new { verification.Ways, verification.OffBy },
        },
        _options) + "\n";
}
