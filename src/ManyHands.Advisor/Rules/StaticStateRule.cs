namespace ManyHands.Advisor.Rules;

/// <summary>Static fields that can be changed: threads would share them, workers of other kinds would not. A hint: what the work really writes cannot be seen.</summary>
internal sealed class StaticStateRule : IAdviceRule
{
    private const int Shown = 5;

    public Finding? Look(Advice advice)
    {
        IReadOnlyList<string> fields = advice.Measurement.MutableStatics;
        if (fields.Count == 0)
            return null;
        string names = string.Join(", ", fields.Take(Shown)) + (fields.Count > Shown ? $" and {fields.Count - Shown} more" : "");
        return new Finding(
            "static-state",
            $"The work's assembly has static fields that can be changed: {names}. If tasks write to them, they need a guard on threads; contexts and processes "
            + "have their own, so what is written there does not reach the caller.");
    }
}
