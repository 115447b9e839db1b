using System.Diagnostics;
using System.Globalization;

namespace ManyHands.Rivals.Compare;

/// <summary>A small program that measures one topic and prints one name, a tab and a value a line, and "# " before a version.</summary>
/// <param name="Topic">What it measures.</param>
/// <param name="Name">Who it is; the table's rows name it.</param>
/// <param name="Program">What to start.</param>
/// <param name="Arguments">With what.</param>
internal sealed record Contestant(string Topic, string Name, string Program, params string[] Arguments)
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(3);

    /// <summary>Runs it to its end.</summary>
    /// <returns>Values by name; or why there are none.</returns>
    public async Task<(IReadOnlyDictionary<string, double> Values, IReadOnlyList<string> Versions, string? Failure)> RunAsync()
    {
        var values = new Dictionary<string, double>();
        var versions = new List<string>();
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(Program, Arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return (values, versions, $"{Path.GetFileName(Program)}: {error.Message}");
        }

        using (process)
        using (var limit = new CancellationTokenSource(_limit))
        {
            try
            {
                Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token), errors = process.StandardError.ReadToEndAsync(limit.Token);
                await process.WaitForExitAsync(limit.Token);
                foreach (string[] line in (await output).Split('\n').Select(line => line.Split('\t')))
                {
                    if (line is [var name, var value])
                        values[name] = double.Parse(value, CultureInfo.InvariantCulture);
                    else if (line is [['#', ' ', .. var version]])
                        versions.Add(version);
                }

                return (values, versions, process.ExitCode == 0 ? null : Reason(process.ExitCode, await errors));
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return (values, versions, $"did not end within {_limit.TotalMinutes:n0} minutes");
            }
        }
    }

    // The last line of a Python traceback, or the first "Error:" of Node.js, says most.
    private static string Reason(int exitCode, string errors)
    {
        string[] lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Array.Find(lines, line => line.Contains("Error", StringComparison.Ordinal)) ?? lines.LastOrDefault() ?? $"ended with {exitCode}";
    }
}
