namespace ManyHands.Advisor.Rules;

/// <summary>Workers that would keep all cores busy and leave nothing to the rest of the machine.</summary>
internal sealed class StarvationRule : IAdviceRule
{
    public Finding? Look(Advice advice)
    {
        double busy = advice.Workers * advice.Measurement.CpuShare;
        if (advice.Character == WorkCharacter.TooSmall || busy < advice.Machine.Cores * 0.95)
            return null;
        return new Finding(
            "machine-would-starve",
            $"{Quantity.Workers(advice.Workers)} keep all {advice.Machine.Cores} cores busy. Where the machine has other things to do, take one less, or start it with 'nice'.");
    }
}
