namespace ManyHands.Advisor.Rules;

/// <summary>Work that uses several cores by itself.</summary>
internal sealed class NestedParallelismRule : IAdviceRule
{
    private const double Cores = 1.2;

    public Finding? Look(Advice advice)
    {
        double share = advice.Measurement.CpuShare;
        return share < Cores || advice.Machine.Cores < 2
            ? null
            : new Finding(
                "nested-parallelism",
                FormattableString.Invariant($"One task keeps {share:0.0} cores busy by itself. More workers than the cores divided by that only wait for one another; ")
                + "where the work lets you choose, give each task one thread, and have the executor do the rest.");
    }
}
