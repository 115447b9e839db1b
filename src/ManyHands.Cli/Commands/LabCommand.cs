using ManyHands.Cli.Rendering;
using ManyHands.Lab;

namespace ManyHands.Cli.Commands;

/// <summary>`hands lab`: runs experiments, and shows what they say.</summary>
internal static class LabCommand
{
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        if (LabCommandLine.Parse(arguments) is not { } line)
            return Program.Show(LabCommandLine.Help);
        if (line.List)
            return Program.Show(LabTable.List(Laboratory.AllExperiments()));

        // Found out now, not after a minute.
        CheckWritable(line.Report);
        if (line.Plots is { } plots)
            CreateFolder(plots);

        using var interruption = new Interruption(hasTerminal: false); // half a measurement is none, so the first interrupt ends it
        LabResult result;
        using (var progress = new ProgressLine(Output.Error(), isTerminal: !Console.IsErrorRedirected))
        {
            try
            {
                result = await Laboratory.RunAsync(line.Options with { Progress = progress }, interruption.Stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (interruption.ExitCode is { } code)
            {
                return code;
            }
        }

        IReadOnlyList<string> verdict = Verdict.Of(result);
        using Output output = Output.Standard();
        output.Write(line.Json ? LabJson.Write(result) + "\n" : LabTable.Of(result, verdict));
        await WriteAsync(line.Report, HtmlReport.Write(result, verdict, Remarks)).ConfigureAwait(false);
        foreach (ReportPlot plot in line.Plots is null ? [] : ReportPlots.Of(result))
            await WriteAsync(Path.Combine(line.Plots!, plot.FileName), plot.Svg).ConfigureAwait(false);
        if (!line.Json)
            output.Write($"\nReport: {Path.GetFullPath(line.Report)}\n");
        return result.Experiments.Any(experiment => experiment.Ways.Count > 0) ? 0 : 1;

        IReadOnlyList<string> Remarks(ExperimentResult experiment) => [.. Fits.Of(experiment, result.Machine.Cores).Select(fit => fit.ToString())];
    }

    private static async Task WriteAsync(string path, string text)
    {
        try
        {
            await File.WriteAllTextAsync(path, text, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"hands lab: '{path}' could not be written: {error.Message}");
        }
    }

    private static void CheckWritable(string path)
    {
        try
        {
            bool isNew = !File.Exists(path);
            using (File.Open(path, FileMode.OpenOrCreate, FileAccess.Write))
            {
            }

            if (isNew)
                File.Delete(path); // it may never come to be written
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new UsageException($"hands lab: the report cannot be written to '{path}': {error.Message} Name another file with --report.");
        }
    }

    private static void CreateFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"hands lab: the folder '{path}' for the plots cannot be made: {error.Message}");
        }
    }
}
