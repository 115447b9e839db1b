using System.Globalization;
using ManyHands.Cli.Git;

namespace ManyHands.Cli.Rendering;

/// <summary>For a pipe: a line with tabs for each repository that changed, failed or needs somebody; the summary goes to standard error.</summary>
internal sealed class TsvReport(Output output, Output error) : IPullReport
{
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

    public void Finished(PullResult result)
    {
        if (!result.IsNotable)
            return;
        string[] fields =
        [
            result.Repository.Name,
            result.State.Name(),
            result.Branch ?? "",
            result.From ?? "",
            result.To ?? "",
            result.Commits.ToString(CultureInfo.InvariantCulture),
            result.Time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture),
            result.Message,
        ];
        lock (_writing)
            output.Write(string.Join('\t', fields.Select(Output.Plain)) + "\n");
    }

    public void Notice(string text)
    {
        lock (_writing)
            error.Write($"hands: {text}\n");
    }

    public void End(PullSummary summary)
    {
        foreach (var result in summary.NeedCredentials)
            Notice($"'{Output.Plain(result.Repository.Name)}' needs credentials; to enter them: {CredentialHint.Command(result)}");
        error.Write($"{summary}\n");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
