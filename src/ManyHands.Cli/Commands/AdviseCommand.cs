using ManyHands.Advisor;
using ManyHands.Cli.Rendering;

namespace ManyHands.Cli.Commands;

/// <summary>`hands advise`: measures work, and says what to run it on.</summary>
internal static class AdviseCommand
{
    private const int CannotMeasure = 1;

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Invocation hands)
    {
        if (AdviseCommandLine.Parse(arguments) is not { } line)
            return hands.Show(AdviseCommandLine.Help);
        CancellationToken stop = hands.Interruption.Stop;
        try
        {
            using CommandInput? input = line.Command is null
                ? null
                : await CommandInput.FindAsync(line.Input, line.Limits.LongestRun, stop).ConfigureAwait(false);
            if (input is not null)
                line = line with { Command = line.Command! with { InputFile = input.File }, InputName = input.Name };
            MachineFacts machine = MachineFacts.Here(); // before it is busy with this
            Measurement measurement = await (line.Method is { } measured
                ? MethodProbe.MeasureAsync(measured, line.Inputs, line.Limits, stop)
                : CommandProbe.MeasureAsync(line.Command!, line.Limits, stop)).ConfigureAwait(false);
            Advice advice = Advice.From(measurement, machine);
            if (line.Verify && measurement.OnlyOnce is { } once)
                throw new WorkFailedException($"{once} --verify repeats the work many times. Name work that can be repeated, or leave --verify out.");
            if (line.Verify && Ramp.IsOfUse(advice))
            {
                measurement = await (line.Method is { } climbed
                    ? Ramp.OfMethodAsync(climbed, line.Inputs, advice, line.Limits, stop)
                    : Ramp.OfCommandAsync(line.Command!, advice, line.Limits, stop)).ConfigureAwait(false);
                advice = Advice.From(measurement, machine);
            }

            Verification? verification = !line.Verify
                ? null
                : await (line.Method is { } method
                    ? Verification.OfMethodAsync(method, line.Inputs, advice, line.Limits, stop)
                    : Verification.OfCommandAsync(line.Command!, advice, line.Limits, stop)).ConfigureAwait(false);
            advice = verification?.Correct(advice) ?? advice;
            if (input is { CameTooLate: true })
                hands.Error.Write("hands advise: each run read an empty standard input; what came later was not used. --input - waits for it, --input FILE names a file.\n");
            hands.Output.Write(line.Json ? AdviceJson.Write(advice, verification) : AdviceText.Of(advice, verification, line));
            return 0;
        }
        catch (Exception reason) when (
            reason is CommandStartException or MethodProbeException or WorkFailedException or TimeoutException && !stop.IsCancellationRequested)
        {
            hands.Error.Write($"hands advise: {Output.Plain(reason.Message)}\n");
            return CannotMeasure;
        }
    }
}
