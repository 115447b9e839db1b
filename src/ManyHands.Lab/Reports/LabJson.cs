using System.Text.Json;
using System.Text.Json.Serialization;
using ManyHands.Advisor;

namespace ManyHands.Lab;

/// <summary>Writes a result as JSON: all that was measured, with the verdict. Times are seconds, memory is bytes, names are camel case.</summary>
public static class LabJson
{
    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // no limit is written as "Infinity"
        Converters = { new SeriesConverter(), new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Writes a result.</summary>
    /// <param name="result">What was measured.</param>
    /// <returns>One JSON object.</returns>
    public static string Write(LabResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return JsonSerializer.Serialize(
            new
            {
                result.Date,
                Seconds = result.Took.TotalSeconds,
                result.Machine,
                result.Rounds,
                result.Runtimes,
                result.Notes,
                Verdict = Verdict.Of(result),
                Experiments = result.Experiments.Select(experiment => new
                {
                    experiment.Name,
                    experiment.Title,
                    experiment.Shows,
                    experiment.Classic,
                    experiment.Group,
                    experiment.IsAboutMemory,
                    Ways = experiment.Ways.Select(way => new
                    {
                        way.Kind,
                        way.Runtime,
                        way.Workers,
                        way.Seconds,
                        SpeedUp = Finite(experiment.SpeedUp(way)),
                        Efficiency = Finite(experiment.SpeedUp(way) / way.Workers),
                        IsDoubtful = experiment.IsDoubtful(way),
                        way.UndisturbedRounds,
                        way.CpuSeconds,
                        way.VoluntarySwitches,
                        way.InvoluntarySwitches,
                        way.PeakBytes,
                        way.Value,
                        way.Expected,
                        way.IsRight,
                        way.IsUnguarded,
                    }),
                    Fits = Fits.Of(experiment, result.Machine.Cores),
                    experiment.LeftOut,
                }),
            },
            _options);
    }

    // What is doubtful has no figure.
    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private sealed class SeriesConverter : JsonConverter<Series>
    {
        public override Series Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Series value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WriteNumber("median", value.Median);
            writer.WriteNumber("low", value.Low);
            writer.WriteNumber("high", value.High);
            writer.WriteStartArray("values");
            foreach (double single in value.Values)
                writer.WriteNumberValue(single);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
    }
}
