namespace ManyHands.Adaptive;

/// <summary>What was seen of one method while it ran in worker processes.</summary>
/// <param name="Tasks">Tasks that ended.</param>
/// <param name="Ran">How long they ran in all.</param>
/// <param name="Wall">For how much of that somebody looked; tasks that have not ended count too. What follows is of this time.</param>
/// <param name="Processor">Time it had on a processor.</param>
/// <param name="Delayed">Time in which it was ready to run and others had the processors: neither computing nor waiting.</param>
internal readonly record struct Measurement(long Tasks, TimeSpan Ran, TimeSpan Wall, TimeSpan Processor, TimeSpan Delayed)
{
    /// <summary>Processors that it keeps busy while it runs: 1 where it only computes, more where it does so on several threads, 0 where it only waits.</summary>
    public double Share => Wall > Delayed ? Processor / (Wall - Delayed) : 0;

    /// <summary>How long a task takes when nobody is in its way; zero where none has ended.</summary>
    public TimeSpan TaskTime => Tasks == 0 || Wall == TimeSpan.Zero ? TimeSpan.Zero : Ran / Tasks * ((Wall - Delayed) / Wall);

    public static Measurement operator +(Measurement one, Measurement other) =>
        new(one.Tasks + other.Tasks, one.Ran + other.Ran, one.Wall + other.Wall, one.Processor + other.Processor, one.Delayed + other.Delayed);
}
