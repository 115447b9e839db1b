namespace ManyHands.Advisor.Rules;

/// <summary>Work that can be run only once with each input: it was measured by fewer runs, and cannot be tried.</summary>
internal sealed class OnlyOnceRule : IAdviceRule
{
    public Finding? Look(Advice advice) => advice.Measurement.OnlyOnce is { } how
        ? new Finding("only-once", $"{how} So each input was run once only, and --verify, which repeats them, would fail.")
        : null;
}
