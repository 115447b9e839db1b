namespace ManyHands.Advisor;

/// <summary>What it means that a run of a sample failed, by when it failed.</summary>
internal static class SampleFailure
{
    /// <summary>Decides about the first failure of a sample.</summary>
    /// <param name="what">What failed: the command, or the method with its input.</param>
    /// <param name="how">How it failed.</param>
    /// <param name="run">Runs before this one, all of which went well.</param>
    /// <param name="inputs">Inputs there are, at least 1. The runs take turns.</param>
    /// <param name="limits">How many runs are enough.</param>
    /// <param name="advice">What to do beside mending it, as a sentence, or nothing.</param>
    /// <returns>Every input went well once, and the first one that was repeated failed: the work can be run once, and these runs will do. The text says so.</returns>
    /// <exception cref="WorkFailedException">In all other cases.</exception>
    public static string OnlyOnce(string what, string how, int run, int inputs, ProbeLimits limits, string advice)
    {
        how = Sentence(how);
        if (run < inputs)
            throw new WorkFailedException($"{what} failed: {how} There is no advice on work that fails.{advice}");
        if (run > inputs)
            throw new WorkFailedException($"{what} failed in run {run + 1} after going well before: {how} There is no advice on work that fails.{advice}");
        return inputs >= limits.LeastRuns
            ? $"{what} went well once, and failed when it was run again: {how}"
            : throw new WorkFailedException(
                $"{what} went well once, and failed when it was run again: {how} Measuring takes {limits.LeastRuns} runs: "
                + $"name work that can be repeated, or at least {limits.LeastRuns} inputs.{advice}");
    }

    /// <summary>With one full stop at its end.</summary>
    public static string Sentence(string text) => text.TrimEnd().TrimEnd('.') + ".";
}
