using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ManyHands.Cli.Git;

namespace ManyHands.Cli.Rendering;

/// <summary>For programs: one JSON object per line, every repository as it finishes, then the summary.</summary>
internal sealed class JsonReport(Output output, Output error) : IPullReport
{
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Lock _writing = new();

    public bool WantsProgress => false;

    public void Begin(IReadOnlyList<Repository> repositories)
    {
    }

    public void Started(Repository repository)
    {
    }

    public void Progress(Repository repository, string line)
    {
    }

    public void Postponed(Repository repository)
    {
    }

    public void Finished(PullResult result) => Write(json =>
    {
        json.WriteString("event", "repository");
        json.WriteString("name", result.Repository.Name);
        json.WriteString("path", RawPath.Show(result.Repository.Path));
        if (RawPath.IsRaw(result.Repository.Path))
            json.WriteBase64String("pathBytes", RawPath.Bytes(result.Repository.Path));
        json.WriteString("kind", result.Repository.Kind.ToString().ToLowerInvariant());
        json.WriteString("state", result.State.Name());
        json.WriteString("branch", result.Branch);
        json.WriteString("from", result.From);
        json.WriteString("to", result.To);
        json.WriteNumber("commits", result.Commits);
        json.WriteNumber("seconds", Math.Round(result.Time.TotalSeconds, 3));
        json.WriteString("message", result.Message);
    });

    public void Notice(string text)
    {
        lock (_writing)
            error.Write($"hands: {text}\n");
    }

    public void End(PullSummary summary) => Write(json =>
    {
        json.WriteString("event", "summary");
        json.WriteNumber("repositories", summary.Repositories);
        json.WriteNumber("failures", summary.Failures);
        json.WriteNumber("skipped", summary.Skipped);
        json.WriteNumber("notBegun", summary.NotBegun);
        json.WriteNumber("seconds", Math.Round(summary.Time.TotalSeconds, 3));
        json.WriteStartObject("states");
        foreach (var state in summary.States)
            json.WriteNumber(state.Name(), summary.Of(state));
        json.WriteEndObject();
    });

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Write(Action<Utf8JsonWriter> fields)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line, _options))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        lock (_writing)
            output.Write(Output.Escaped(Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length)) + "\n"); // such characters stand in strings only
    }
}
