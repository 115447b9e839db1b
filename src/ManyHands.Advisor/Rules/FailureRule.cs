namespace ManyHands.Advisor.Rules;

/// <summary>Runs that failed: what was measured may not be the work.</summary>
internal sealed class FailureRule : IAdviceRule
{
    public Finding? Look(Advice advice) => advice.Measurement.Failure is { } failure
        ? new Finding("failure", $"Not all runs succeeded, so the figures may be of something else than the work: {failure}")
        : null;
}
