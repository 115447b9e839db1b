namespace ManyHands.Advisor;

/// <summary>What a process and all its descendants have used so far. The difference of two of them is what something in between cost.</summary>
/// <param name="CpuTime">Processor time, user and system; of children that have ended too, in steps of 10 ms, once their parent knows.</param>
/// <param name="VoluntarySwitches">Times that a thread gave up its core to wait. Only of threads that still live.</param>
/// <param name="InvoluntarySwitches">Times that a thread's core was given to another. Only of threads that still live.</param>
/// <param name="Processes">Processes there are.</param>
public readonly record struct TreeUsage(TimeSpan CpuTime, long VoluntarySwitches, long InvoluntarySwitches, int Processes)
{
    /// <summary>Time that threads were ready to compute and had no core. Only of threads that still live; 0 where the system does not tell.</summary>
    public TimeSpan ReadyTime { get; init; }

    /// <summary>What was used between two looks; a thread that has ended in between can make a count smaller, which then is 0.</summary>
    /// <param name="earlier">The look before.</param>
    /// <returns>The difference, and the processes that there are now.</returns>
    public TreeUsage Since(TreeUsage earlier) => new(
        CpuTime > earlier.CpuTime ? CpuTime - earlier.CpuTime : TimeSpan.Zero,
        Math.Max(0, VoluntarySwitches - earlier.VoluntarySwitches),
        Math.Max(0, InvoluntarySwitches - earlier.InvoluntarySwitches),
        Processes)
    {
        ReadyTime = ReadyTime > earlier.ReadyTime ? ReadyTime - earlier.ReadyTime : TimeSpan.Zero,
    };
}
