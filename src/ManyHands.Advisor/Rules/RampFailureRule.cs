namespace ManyHands.Advisor.Rules;

/// <summary>Work that goes well one after another, and not when more run at once.</summary>
internal sealed class RampFailureRule : IAdviceRule
{
    public Finding? Look(Advice advice) => advice.Measurement.RampFailure is { } failure
        ? new Finding("fails-at-once", $"{failure} Fewer went well, so something allows no more: a server's limit, a lock, a file that all write.")
        : null;
}
