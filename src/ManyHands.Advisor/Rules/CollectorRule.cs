namespace ManyHands.Advisor.Rules;

/// <summary>Work whose garbage would hold up threads of one process.</summary>
internal sealed class CollectorRule : IAdviceRule
{
    public Finding? Look(Advice advice)
    {
        Measurement work = advice.Measurement;
        if (work.IsCommand || work.CollectorSeconds <= CostModel.CollectorPart * work.Wall.Median || advice.Kind == WorkerKind.Processes)
            return null;
        return new Finding(
            "garbage",
            $"The garbage collector stops it for {Quantity.Percent(work.CollectorSeconds / work.Wall.Median)} of its time, and on threads it stops all of them. "
            + "Allocate less, or set <ServerGarbageCollector>true</ServerGarbageCollector>, or use worker processes.");
    }
}
