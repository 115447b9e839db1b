using ManyHands.Advisor;
using ManyHands.Cli.Rendering;

namespace ManyHands.Cli.Commands;

/// <summary>`hands advise`: measures work, and says what to run it on.</summary>
internal static class AdviseCommand
{
    private const int CannotMeasure = 1;

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        if (AdviseCommandLine.Parse(arguments) is not { } line)
            return Program.Show(AdviseCommandLine.Help);
        using var interruption = new Interruption(hasTerminal: false); // half a measurement is none, so the first interrupt ends it
        using Output error = Output.Error();
        try
        {
            MachineFacts machine = MachineFacts.Here(); // before it is busy with this
            Measurement measurement = await (line.Method is { } measured
                ? MethodProbe.MeasureAsync(measured, line.Inputs, line.Limits, interruption.Stop)
                : CommandProbe.MeasureAsync(line.Command!, line.Limits, interruption.Stop)).ConfigureAwait(false);
            Advice advice = Advice.From(measurement, machine);
            if (line.Verify && Ramp.IsOfUse(advice))
            {
                measurement = await (line.Method is { } climbed
                    ? Ramp.OfMethodAsync(climbed, line.Inputs, advice, line.Limits, interruption.Stop)
                    : Ramp.OfCommandAsync(line.Command!, advice, line.Limits, interruption.Stop)).ConfigureAwait(false);
                advice = Advice.From(measurement, machine);
            }

            Verification? verification = !line.Verify
                ? null
                : await (line.Method is { } method
                    ? Verification.OfMethodAsync(method, line.Inputs, advice, line.Limits, interruption.Stop)
                    : Verification.OfCommandAsync(line.Command!, advice, line.Limits, interruption.Stop)).ConfigureAwait(false);
            using Output output = Output.Standard();
            output.Write(line.Json ? AdviceJson.Write(advice, verification) : AdviceText.Of(advice, verification, line));
            return 0;
        }
        catch (OperationCanceledException) when (interruption.ExitCode is { } code)
        {
            return code;
        }
        catch (Exception reason) when (reason is CommandStartException or MethodProbeException or TimeoutException)
        {
            error.Write($"hands advise: {Output.Plain(reason.Message)}\n");
            return CannotMeasure;
        }
    }
}
