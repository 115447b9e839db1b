namespace ManyHands.Advisor.Rules;

/// <summary>Work that takes less time than moving its data.</summary>
internal sealed class PayloadRule : IAdviceRule
{
    private const double Part = 0.3;
    private const double LeastBytes = 64 << 10;

    public Finding? Look(Advice advice)
    {
        Measurement work = advice.Measurement;
        if (work.IsCommand || work.PayloadBytes < LeastBytes || work.PayloadSeconds <= Part * work.Wall.Median)
            return null;
        return new Finding(
            "payload-dominates",
            $"Argument and result are {Quantity.Bytes(work.PayloadBytes)} and take {Quantity.Time(work.PayloadSeconds)} to encode and decode, the work itself "
            + $"{Quantity.Time(work.Wall.Median)}. For processes, put the data into a SharedArray, hand over a FilePart, or stay on threads, which copy nothing.");
    }
}
