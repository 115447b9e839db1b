namespace ManyHands.Advisor.Rules;

/// <summary>A timeout that is worth setting: far above what was seen, so that only what hangs meets it.</summary>
internal sealed class TimeoutRule : IAdviceRule
{
    private const double Factor = 10;
    private static readonly double[] _round = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600];

    public Finding? Look(Advice advice)
    {
        Measurement work = advice.Measurement;
        if (advice.Character is WorkCharacter.TooSmall or WorkCharacter.CpuBound or WorkCharacter.MemoryBound)
            return null;
        double wanted = Factor * work.Wall.Most;
        double timeout = _round.FirstOrDefault(round => round >= wanted, Math.Ceiling(wanted));
        return new Finding(
            "timeout",
            $"It waits for something that may never come. The longest of {work.Wall.Values.Count} runs took {Quantity.Time(work.Wall.Most)}; a timeout of {Quantity.Time(timeout)} "
            + (work.IsCommand ? "ends what hangs (ExternalCommand.Timeout)." : "ends what hangs (SubmitOptions.Timeout); only worker processes can really stop it."));
    }
}
