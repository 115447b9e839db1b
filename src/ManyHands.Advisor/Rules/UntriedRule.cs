namespace ManyHands.Advisor.Rules;

/// <summary>Work that waits, and was only run one at a time.</summary>
internal sealed class UntriedRule : IAdviceRule
{
    public Finding? Look(Advice advice) => !Ramp.IsOfUse(advice) || advice.Measurement is not { Ramp.Count: 0, RampFailure: null }
        ? null
        : new Finding(
            "untried",
            "This is drawn from one task at a time. Many at once may cost less each, so that more of them pay, and what they wait for may have a limit of its own. "
            + "--verify tries rising numbers, if the work may be run that often.");
}
