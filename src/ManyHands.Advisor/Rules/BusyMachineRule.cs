namespace ManyHands.Advisor.Rules;

/// <summary>A machine that had other things to do while it was measured: waiting for a core looks like waiting for a disk.</summary>
internal sealed class BusyMachineRule : IAdviceRule
{
    private const double Part = 0.75;
    private const double Waited = 0.1;

    public Finding? Look(Advice advice)
    {
        Measurement work = advice.Measurement;
        double waited = work.Ready is { } ready ? ready.Median / Math.Max(work.Wall.Median, 1e-9) : 0;
        if (advice.Machine.Load <= Part * advice.Machine.Cores && waited <= Waited)
            return null;
        string busy = waited > Waited
            ? $"The machine was busy: the work waited for a core for {Quantity.Percent(Math.Min(1, waited))} of its time, which is taken out of these figures"
                + (work.IsCommand ? ", but not what its children waited." : ".")
            : FormattableString.Invariant($"The machine was busy before this was measured (load {advice.Machine.Load:0.0} on {advice.Machine.Cores} cores).");
        return new Finding("busy-machine", busy + " The work may seem to wait more than it does, and fewer workers may be enough. Ask again when it is idle.");
    }
}
