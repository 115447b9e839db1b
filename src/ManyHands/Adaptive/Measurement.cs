namespace ManyHands.Adaptive;

/// <summary>What was seen of one method while it ran in worker processes.</summary>
/// <param name="Tasks">Tasks that ended.</param>
/// <param name="Wall">How long it ran in all.</param>
/// <param name="Processor">Time it had on a processor.</param>
/// <param name="Delayed">Time in which it was ready to run and others had the processors: neither computing nor waiting.</param>
internal readonly record struct Measurement(long Tasks, TimeSpan Wall, TimeSpan Processor, TimeSpan Delayed)
{
    /// <summary>Processors that it keeps busy while it runs: 1 where it only computes, more where it does so on several threads, 0 where it only waits.</summary>
    public double Share => Wall > Delayed ? Processor / (Wall - Delayed) : 0;

    /// <summary>How long a task takes when nobody is in its way.</summary>
    public TimeSpan TaskTime => (Wall - Delayed) / Math.Max(Tasks, 1);

    public static Measurement operator +(Measurement one, Measurement other) =>
        new(one.Tasks + other.Tasks, one.Wall + other.Wall, one.Processor + other.Processor, one.Delayed + other.Delayed);
}
