namespace ManyHands.Platform;

/// <summary>What the processors did for a process until now.</summary>
/// <param name="Processor">Time on a processor, that of its children that have ended included.</param>
/// <param name="Delays">For each thread, by its id: time in which it was ready to run and had no processor. Empty where the system does not tell.</param>
internal sealed record ProcessLoad(TimeSpan Processor, IReadOnlyDictionary<string, TimeSpan> Delays)
{
    /// <summary>Time for which threads that were there before and are there now had no processor meanwhile. What a thread that has ended missed is not known any more.</summary>
    public TimeSpan DelayedSince(ProcessLoad earlier)
    {
        TimeSpan sum = TimeSpan.Zero;
        foreach (var (thread, delayed) in Delays)
            sum += earlier.Delays.TryGetValue(thread, out TimeSpan before) ? delayed - before : delayed;
        return sum;
    }
}
