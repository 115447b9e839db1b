namespace ManyHands.Platform;

/// <summary>What the processors did for a process until now.</summary>
/// <param name="Processor">Time on a processor, that of its children that have ended included.</param>
/// <param name="Delayed">Time in which threads of it were ready to run and had no processor; zero where the system does not tell.</param>
internal readonly record struct ProcessLoad(TimeSpan Processor, TimeSpan Delayed)
{
    public static ProcessLoad operator -(ProcessLoad later, ProcessLoad earlier) => new(later.Processor - earlier.Processor, later.Delayed - earlier.Delayed);
}
