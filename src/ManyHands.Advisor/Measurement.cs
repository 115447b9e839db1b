namespace ManyHands.Advisor;

/// <summary>
/// What one task needs, measured by running some, one after another. All advice is drawn from this and from <see cref="MachineFacts"/>, and from nothing
/// else. Times are seconds, sizes are bytes, each for one task.
/// </summary>
public sealed record Measurement
{
    /// <summary>Name of the work, for people.</summary>
    public required string Work { get; init; }

    /// <summary>Whether it is a command; else a method.</summary>
    public required bool IsCommand { get; init; }

    /// <summary>Time from begin to end, of each run. Without the first one where that had to be compiled.</summary>
    public required Series Wall { get; init; }

    /// <summary>Processor time, of each run; of all threads and of children that were waited for.</summary>
    public required Series Cpu { get; init; }

    /// <summary>Context switches because it waited.</summary>
    public double VoluntarySwitches { get; init; }

    /// <summary>Context switches because others wanted the core.</summary>
    public double InvoluntarySwitches { get; init; }

    /// <summary>
    /// Time of each run in which it was ready to compute and had no core, because others had them all; null where the system does not tell. Of a command,
    /// that of its first thread.
    /// </summary>
    public Series? Ready { get; init; }

    /// <summary>The most memory it had, without what was there before where that is known; of a command, with its children.</summary>
    public long PeakBytes { get; init; }

    /// <summary>The command was over before its memory could be looked at: <see cref="PeakBytes"/> is what its launcher had, and it had no more than that.</summary>
    public bool PeakIsBound { get; init; }

    /// <summary>Read from and written to disks.</summary>
    public double DiskBytes { get; init; }

    /// <summary>Argument and result, encoded as worker processes would get them. 0 for a command.</summary>
    public double PayloadBytes { get; init; }

    /// <summary>Time to encode and decode both, once each.</summary>
    public double PayloadSeconds { get; init; }

    /// <summary>Managed memory allocated. 0 for a command.</summary>
    public double AllocatedBytes { get; init; }

    /// <summary>Time that the garbage collector stopped everything.</summary>
    public double CollectorSeconds { get; init; }

    /// <summary>It returns something to await.</summary>
    public bool IsAsync { get; init; }

    /// <summary>Why a run ended its process, where one did.</summary>
    public string? Crash { get; init; }

    /// <summary>Part of the runs that ended their process, from 0 to 1.</summary>
    public double CrashRate { get; init; }

    /// <summary>How it failed when an input was used again, though each had gone well once: it can be run once for each input. Null if it was repeated.</summary>
    public string? OnlyOnce { get; init; }

    /// <summary>Static fields of the work's assembly that can be changed, by name.</summary>
    public IReadOnlyList<string> MutableStatics { get; init; } = [];

    /// <summary>Tasks there will be, where that is known: no more workers than tasks, and none for little work. Default: unknown.</summary>
    public int? Tasks { get; init; }

    /// <summary>It takes no input, so all tasks are the same.</summary>
    public bool TakesNothing { get; init; }

    /// <summary>It gives no result.</summary>
    public bool ReturnsNothing { get; init; }

    /// <summary>What went wrong when more ran at once, though it went well one after another; null where nothing did. See <see cref="Advisor.Ramp"/>.</summary>
    public string? RampFailure { get; init; }

    /// <summary>Numbers of workers that were tried, rising, where the work waits (see <see cref="Advisor.Ramp"/>). Default: none.</summary>
    public IReadOnlyList<RampStep> Ramp { get; init; } = [];

    /// <summary>Time that one task takes if it need not wait for a core: the median of the runs, each without the time it waited for one.</summary>
    public double OwnSeconds => Own.Median;

    /// <summary>
    /// Part of the time in which it kept a core busy; above 1 where it uses several by itself. Time spent waiting for a core does not count. The upper quartile
    /// of all runs: what else the machine does can only make it look smaller.
    /// </summary>
    public double CpuShare => new Series([.. Own.Values.Zip(Cpu.Values, (own, cpu) => own > 0 ? cpu / own : 0)]).High;

    // Where several threads computed at once, they waited for cores at the same time too.
    private Series Own => Ready is not { } ready
        ? Wall
        : new Series([.. Wall.Values.Select((wall, run) =>
        {
            double cpu = Cpu.Values[run], waited = ready.Values[run], atOnce = wall > 0 ? Math.Max(1, (cpu + waited) / wall) : 1;
            return Math.Max(wall - (waited / atOnce), Math.Min(wall, cpu / atOnce));
        })]);
}

/// <summary>What there is to work with.</summary>
/// <param name="Cores">Cores that may be used.</param>
/// <param name="FreeBytes">Memory that is free.</param>
/// <param name="FreeDescriptors">File descriptors that this process may still open.</param>
/// <param name="Load">Threads that wanted a core, averaged over the last minute, before the work was measured; 0 where the system does not tell.</param>
public sealed record MachineFacts(int Cores, long FreeBytes, int FreeDescriptors, double Load = 0)
{
    /// <summary>Part of the cores left to the rest of the machine, as by all executors. 0.2.</summary>
    public const double Headroom = 0.2;

    /// <summary>The cores less the headroom: 16 → 13, 8 → 6, 4 → 3, 2 → 2, 1 → 1.</summary>
    public int WorkingCores => Math.Max(1, (int)Math.Round(Cores * (1 - Headroom), MidpointRounding.AwayFromZero));

    /// <summary>This machine, now.</summary>
    /// <returns>What the system tells; where it does not, the memory that the runtime may use and 1,024 descriptors.</returns>
    public static MachineFacts Here() => new(Environment.ProcessorCount, SystemFiles.FreeBytes(), SystemFiles.FreeDescriptors(), SystemFiles.Load());
}
