namespace ManyHands.Advisor.Rules;

/// <summary>A machine that had other things to do while it was measured: waiting for a core looks like waiting for a disk.</summary>
internal sealed class BusyMachineRule : IAdviceRule
{
    private const double Part = 0.75;

    public Finding? Look(Advice advice) => advice.Machine.Load <= Part * advice.Machine.Cores
        ? null
        : new Finding(
            "busy-machine",
            FormattableString.Invariant($"The machine was busy before this was measured (load {advice.Machine.Load:0.0} on {advice.Machine.Cores} cores): the work seems to wait more ")
            + "than it does, and fewer workers may be enough. Ask again when it is idle.");
}
