namespace ManyHands.Advisor.Rules;

/// <summary>Tasks for which a worker process costs more than it brings.</summary>
internal sealed class TooSmallForProcessesRule : IAdviceRule
{
    // A tenth of the task is what may go into handing it over.
    private const double Part = 0.1;

    public Finding? Look(Advice advice)
    {
        Measurement work = advice.Measurement;
        double cost = CostModel.ProcessHandOver + work.PayloadSeconds, wall = work.Wall.Median;
        if (work.IsCommand || cost <= Part * wall)
            return null;
        return new Finding(
            "too-small-for-processes",
            $"A task takes {Quantity.Time(wall)}, and handing it to a worker process {Quantity.Time(cost)} where tasks travel in batches, five times that where they "
            + "travel singly: submit it with MapAsync, which makes batches, or let one task do more.");
    }
}
