using ManyHands.Advisor;

namespace ManyHands.Lab;

/// <summary>All that the lab has measured. Everything that is said about it, in tables, plots and words, is made from this alone.</summary>
/// <param name="Machine">Where.</param>
/// <param name="Date">When it began.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Rounds">Rounds in which everything that is reported was timed, disturbed or not.</param>
/// <param name="Runtimes">Other runtimes: which were found, and which were looked for in vain.</param>
/// <param name="Experiments">The experiments.</param>
/// <param name="Notes">What the reader has to know before believing a figure.</param>
public sealed record LabResult(
    Machine Machine,
    DateTimeOffset Date,
    TimeSpan Took,
    int Rounds,
    IReadOnlyList<string> Runtimes,
    IReadOnlyList<ExperimentResult> Experiments,
    IReadOnlyList<string> Notes)
{
    /// <summary>Undisturbed rounds without which nothing is concluded. 3.</summary>
    public const int LeastRounds = 3;

    /// <summary>Single times that were taken.</summary>
    public int Times { get; init; }

    /// <summary>Of these, times during which others kept cores busy. They count for nothing if there are undisturbed ones of the same way.</summary>
    public int DisturbedTimes { get; init; }

    /// <summary>Cores that others kept busy during the disturbed times: the median. 0 if there were none.</summary>
    public double OthersCores { get; init; }
}

/// <summary>The machine that the lab ran on.</summary>
/// <param name="Cores">Cores that this process may use.</param>
/// <param name="MemoryBytes">Memory that it may use.</param>
/// <param name="System">The operating system.</param>
/// <param name="Runtime">The runtime.</param>
/// <param name="IsOptimized">The experiments were compiled for speed.</param>
/// <param name="BusyBefore">Cores that others kept busy just before it began; null where the system does not tell.</param>
public sealed record Machine(int Cores, long MemoryBytes, string System, string Runtime, bool IsOptimized, double? BusyBefore);

/// <summary>One experiment.</summary>
/// <param name="Name">Its short name.</param>
/// <param name="Title">Its title.</param>
/// <param name="Shows">What it shows.</param>
/// <param name="Classic">Where it is classic.</param>
/// <param name="Group">What its work mostly does.</param>
/// <param name="IsAboutMemory">Memory is compared, not time.</param>
/// <param name="Ways">The ways to do it that were measured, the baseline first.</param>
/// <param name="LeftOut">What was not measured, and why, a sentence each.</param>
public sealed record ExperimentResult(
    string Name,
    string Title,
    string Shows,
    string Classic,
    WorkGroup Group,
    bool IsAboutMemory,
    IReadOnlyList<WayResult> Ways,
    IReadOnlyList<string> LeftOut)
{
    /// <summary>The ways of one kind and runtime, by their numbers of workers.</summary>
    public IEnumerable<IGrouping<string, WayResult>> Kinds => Ways.GroupBy(way => way.Label);

    // By this part a ratio may be off on a quiet machine.
    private const double Tolerance = 0.05;

    /// <summary>Cores that its work can keep busy; null where it waits, and the number of workers is the only limit.</summary>
    public int? Cores { get; init; }

    /// <summary>Speed-up of a way over the first one of its own runtime: above 1 it is faster.</summary>
    /// <param name="way">One of <see cref="Ways"/>.</param>
    /// <returns>
    /// The ratio of the medians, at most what the workers and the cores can do. Not a number if it is doubtful (<see cref="IsDoubtful"/>), or its result wrong.
    /// </returns>
    public double SpeedUp(WayResult way)
    {
        ArgumentNullException.ThrowIfNull(way);
        return !way.IsRight || IsDoubtful(way) ? double.NaN : Math.Min(Ratio(way), Most(way));
    }

    /// <summary>
    /// A way came out faster than its workers, or the cores, can be: then what it is compared with was disturbed, or it was not the same work.
    /// </summary>
    /// <param name="way">One of <see cref="Ways"/>.</param>
    /// <returns>It did, by more than a twentieth.</returns>
    public bool IsDoubtful(WayResult way)
    {
        ArgumentNullException.ThrowIfNull(way);
        return way is { IsRight: true, IsUnguarded: false } && !IsAboutMemory && Ratio(way) > Most(way) * (1 + Tolerance);
    }

    private double Most(WayResult way) => Math.Max(1, Math.Min(way.Workers, Cores ?? int.MaxValue));

    private double Ratio(WayResult way) => Ways.First(other => other.Runtime == way.Runtime).Seconds.Median / way.Seconds.Median;
}

/// <summary>One way to do an experiment, with one number of workers.</summary>
/// <param name="Kind">Kind of worker.</param>
/// <param name="Runtime">The runtime.</param>
/// <param name="Label">Both, for people; the runtime only where it is not .NET.</param>
/// <param name="Workers">Number of workers.</param>
/// <param name="Seconds">Time for all tasks, one value for each undisturbed round; for each disturbed one if there are no others.</param>
/// <param name="CpuSeconds">Processor time of the whole tree of processes for all tasks; null for other runtimes, where it would count their start.</param>
/// <param name="VoluntarySwitches">Context switches of threads that waited, for all tasks.</param>
/// <param name="InvoluntarySwitches">Context switches of threads that had to give way, for all tasks.</param>
/// <param name="PeakBytes">The most memory seen of the whole tree, by proportional set size, the lab itself included.</param>
/// <param name="Value">What the tasks came to.</param>
/// <param name="Expected">What they should come to.</param>
/// <param name="Timeline">Who ran what when, in one run of all tasks; seconds from the begin of the first task.</param>
public sealed record WayResult(
    string Kind,
    string Runtime,
    string Label,
    int Workers,
    Series Seconds,
    double? CpuSeconds,
    double VoluntarySwitches,
    double InvoluntarySwitches,
    long PeakBytes,
    double Value,
    double Expected,
    IReadOnlyList<TimelineTask> Timeline)
{
    /// <summary>Rounds in which others did not keep cores busy. Default: all.</summary>
    public int UndisturbedRounds { get; init; } = Seconds.Values.Count;

    /// <summary>Nothing but luck lets it come to the right result. Default: no.</summary>
    public bool IsUnguarded { get; init; }

    /// <summary>Something can be concluded from it: it did its work, and was timed without disturbance at least <see cref="LabResult.LeastRounds"/> times.</summary>
    public bool Carries => IsRight && !IsUnguarded && UndisturbedRounds >= LabResult.LeastRounds;

    /// <summary>The tasks came to what they should: no update was lost, nothing was left out. Sums of rounded numbers may differ in the last digits.</summary>
    public bool IsRight => Math.Abs(Value - Expected) <= 1e-9 * Math.Abs(Expected);
}

/// <summary>One task on the timeline.</summary>
/// <param name="Worker">Number of the process or thread that ran it, from 0, in the order in which they began.</param>
/// <param name="Start">When it began, in seconds.</param>
/// <param name="End">When it ended.</param>
public readonly record struct TimelineTask(int Worker, double Start, double End);
