namespace ManyHands.Advisor;

/// <summary>What a process and all its descendants have used so far. The difference of two of them is what something in between cost.</summary>
/// <param name="CpuTime">Processor time, user and system, in steps of 10 ms on Linux; of children that have ended too, once their parent knows.</param>
/// <param name="VoluntarySwitches">Times that a thread gave up its core to wait. Only of threads that still live.</param>
/// <param name="InvoluntarySwitches">Times that a thread's core was given to another. Only of threads that still live.</param>
/// <param name="Processes">Processes there are.</param>
public readonly record struct TreeUsage(TimeSpan CpuTime, long VoluntarySwitches, long InvoluntarySwitches, int Processes)
{
    /// <summary>What was used between two looks; a thread that has ended in between can make a count smaller, which then is 0.</summary>
    /// <param name="earlier">The look before.</param>
    /// <returns>The difference, and the processes that there are now.</returns>
    public TreeUsage Since(TreeUsage earlier) => new(
        CpuTime > earlier.CpuTime ? CpuTime - earlier.CpuTime : TimeSpan.Zero,
        Math.Max(0, VoluntarySwitches - earlier.VoluntarySwitches),
        Math.Max(0, InvoluntarySwitches - earlier.InvoluntarySwitches),
        Processes);
}
