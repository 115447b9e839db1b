using System.Globalization;

namespace ManyHands;

/// <summary>The attempts of a task that was lost for good, and what its submission said about further ones.</summary>
/// <param name="Policy">What it said; null where a loss was to end it.</param>
/// <param name="Attempts">All attempts, the last included.</param>
internal sealed record RetryHistory(RetryPolicy? Policy, IReadOnlyList<LostAttempt> Attempts)
{
    /// <summary>For people: what was tried, and what could be done that was not. With a space before it.</summary>
    public string Sentence(WorkerLossCause cause)
    {
        if (Policy is not { } policy)
        {
            return RetryCauses.FromOutside.HasFlag(RetryPolicy.OneOf(cause))
                ? " If the work is safe to run twice, submit it with Retry and Idempotent."
                : $" If the work is safe to run twice and may end otherwise then, submit it with Idempotent and a Retry whose On includes {RetryPolicy.OneOf(cause)}.";
        }

        string tried = Attempts.Count < 2 ? "" : " Attempts: " + string.Join(", ", Attempts.Select(Text)) + ".";
        if (Attempts.Count >= policy.Attempts)
            return $"{tried} It was not run again: Retry allows {Number(policy.Attempts)} in all.";
        return policy.Includes(cause) ? tried : $"{tried} It was not run again: RetryPolicy.On is {policy.On}, and does not include {RetryPolicy.OneOf(cause)}.";
    }

    private static string Text(LostAttempt lost) =>
        string.Create(CultureInfo.InvariantCulture, $"{lost.Attempt} in process {lost.Pid} ({lost.Cause} after {lost.Ran.TotalSeconds:0.0##} s)");

    private static string Number(int attempts) => attempts == 1 ? "1 attempt" : string.Create(CultureInfo.InvariantCulture, $"{attempts} attempts");
}
