using ManyHands.Cli.Rendering;
using ManyHands.Lab;

namespace ManyHands.Cli.Commands;

/// <summary>`hands lab`: runs experiments, and shows what they say.</summary>
internal static class LabCommand
{
    /// <summary>The name of a report that is standard output.</summary>
    private const string StandardOutput = "-";

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Invocation hands)
    {
        if (LabCommandLine.Parse(arguments) is not { } line)
            return hands.Show(LabCommandLine.Help);
        if (line.List)
            return hands.Show(LabTable.List(Laboratory.AllExperiments(), Screen.OfOutput()));

        // Found out now, not after a minute.
        ReportFile? report = line.Report == StandardOutput ? null : Writable(line.Report);
        if (line.Plots is { } folder)
            Writable(Path.Combine(CreateFolder(folder), "plot.svg"));

        LabResult result;
        using (var progress = new ProgressLine(hands.Progress(), Screen.OfError()))
            result = await Laboratory.RunAsync(line.Options with { Progress = progress }, hands.Interruption.Stop).ConfigureAwait(false);

        // With the report on standard output, the table is for the person who waits for it.
        IReadOnlyList<string> verdict = Verdict.Of(result);
        (Output tableTo, Screen screen) = report is null ? (hands.Error, Screen.OfError()) : (hands.Output, Screen.OfOutput());
        tableTo.Write(line.Json ? LabJson.Write(result) + "\n" : LabTable.Of(result, verdict, screen));
        string page = HtmlReport.Write(result, verdict, Remarks);
        if (report is null)
            hands.Output.Write(page);
        else if (await WriteAsync(hands, line.Report, report, page).ConfigureAwait(false) && !line.Json)
            hands.Output.Write($"\nReport: {Output.Plain(Path.GetFullPath(line.Report))}\n");
        foreach (ReportPlot plot in line.Plots is null ? [] : ReportPlots.Of(result))
            await WriteAsync(hands, Path.Combine(line.Plots!, plot.FileName), null, plot.Svg).ConfigureAwait(false);
        return result.Experiments.Any(experiment => experiment.Ways.Count > 0) ? 0 : 1;

        IReadOnlyList<string> Remarks(ExperimentResult experiment) => [.. Fits.Of(experiment, result.Machine.Cores).Select(fit => fit.ToString())];
    }

    /// <returns>Whether it was written. If not, the user has been told, and what was measured is on the screen all the same.</returns>
    private static async Task<bool> WriteAsync(Invocation hands, string path, ReportFile? file, string text)
    {
        try
        {
            file ??= ReportFile.At(path);
            await file.WriteAsync(text).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            hands.SayLost($"hands lab: '{Output.Plain(path)}' could not be written: {error.Message}{(file?.LeavesOld == true ? " An older file of that name is as it was." : "")}");
            return false;
        }
    }

    private static ReportFile Writable(string path)
    {
        try
        {
            return ReportFile.At(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new UsageException($"hands lab: the report cannot be written to '{path}': {error.Message} Name another file with --report.");
        }
    }

    private static string CreateFolder(string path)
    {
        try
        {
            return Directory.CreateDirectory(path).FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"hands lab: the folder '{path}' for the plots cannot be made: {error.Message}");
        }
    }
}
