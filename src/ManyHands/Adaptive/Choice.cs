using System.Globalization;

namespace ManyHands.Adaptive;

/// <summary>Where one method runs, on how many workers, and why: decided from what was measured alone.</summary>
/// <param name="Place">Where.</param>
/// <param name="Workers">How many at first.</param>
/// <param name="Reason">Why, for people.</param>
internal sealed record Choice(Place Place, int Workers, string Reason)
{
    // Less is noise; where it is not all one or all the other, and of a first task, which also loads what it needs, twice as much is.
    private static readonly TimeSpan _enough = TimeSpan.FromMilliseconds(50);

    // Below this sending a task to another process costs more than the task: bench/kinds.cs, maps of tiny items.
    private static readonly TimeSpan _tiny = TimeSpan.FromMicroseconds(3);
    private const int ManyTiny = 1000;

    // Work that is on a processor for less of its time than this waits.
    private const double Half = 0.5;

    // So little, or so much, that nobody can be mistaken.
    private const double Hardly = 0.1, Nearly = 0.9;

    // So much that the cores can be what limits it: at least as many tasks as keep them busy have to run at once.
    private const double Noticeable = 0.05;

    // To keep them busy all the time.
    private const double Reserve = 1.5;

    // Whoever is asked by waiting work is not asked by more than these before it has shown that it bears them.
    private const int MostAtFirst = 32;

    /// <summary>Fewer than these would let the cores be idle.</summary>
    public int Least { get; private init; } = 1;

    /// <summary>Decides.</summary>
    /// <param name="seen">What was measured in worker processes.</param>
    /// <param name="limits">What there is to choose from.</param>
    /// <returns>Null where too little has been seen.</returns>
    public static Choice? Of(Measurement seen, Limits limits)
    {
        if (seen.Tasks >= ManyTiny && seen.Ran / seen.Tasks < _tiny)
        {
            return new Choice(
                Place.TinyOnThreads, limits.Computing, Text($"tiny: {seen.Ran.TotalMicroseconds / seen.Tasks:f2} µs a task, less than it costs to send one to another process"));
        }

        double share = seen.Share;
        bool isClear = seen.Tasks > 0 && share is < Hardly or > Nearly;
        if (seen.Wall < (isClear ? _enough : _enough * 2) || (seen.Tasks < 2 && share >= Hardly))
            return null;
        string figures = seen.Tasks > 0
            ? Text($"{(seen.TaskTime * share).TotalMilliseconds:f1} of {seen.TaskTime.TotalMilliseconds:f1} ms a task on a processor")
            : Text($"{seen.Processor.TotalMilliseconds:f1} of the first {seen.Wall.TotalMilliseconds:f0} ms on a processor");
        if (share < Half)
        {
            int first = (int)Math.Clamp(Math.Ceiling(Reserve * limits.Cores / Math.Max(share, 1e-3)), 1, Math.Min(MostAtFirst, limits.MostWaiting));
            return new Choice(Place.Threads, first, $"waits: {figures}") { Least = share < Noticeable ? 1 : first };
        }

        // A processor that is idle for a seventh of the time or more is worth another worker.
        int workers = (int)Math.Clamp(Math.Floor((limits.Computing / share) + 0.85), 1, limits.MostComputing);
        return new Choice(Place.Processes, workers, $"computes: {figures}");
    }

    /// <summary>Before anything has been measured.</summary>
    public static Choice Unknown(Limits limits) => new(Place.Unknown, limits.Computing, "not known yet: the first tasks run in worker processes");

    /// <summary>Its submission says what it does.</summary>
    public static Choice Declared(WorkKind kind, Limits limits) => kind == WorkKind.Waiting
        ? new Choice(Place.Threads, Math.Min(MostAtFirst, limits.MostWaiting), "waits: its submission says so (SubmitOptions.Kind)")
        : new Choice(Place.Processes, limits.Computing, "computes: its submission says so (SubmitOptions.Kind)");

    /// <summary>It is not to be trusted in this process.</summary>
    public static Choice Dangerous(Limits limits) => new(
        Place.Isolated, limits.Computing, "it has cost a worker process its life, or its memory, so it stays where that costs one task and nothing else");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Where a method's tasks run.</summary>
internal enum Place
{
    /// <summary>In worker processes, for the time being.</summary>
    Unknown,

    /// <summary>In worker processes.</summary>
    Processes,

    /// <summary>In worker processes, whatever else is measured.</summary>
    Isolated,

    /// <summary>On threads of this process; their number follows what more of them bring.</summary>
    Threads,

    /// <summary>On threads of this process, as many as there are workers for computing.</summary>
    TinyOnThreads,
}

/// <summary>What there is to choose from.</summary>
/// <param name="Cores">Cores that this process may use.</param>
/// <param name="Computing">Workers for work that only computes.</param>
/// <param name="MostComputing">The most worker processes.</param>
/// <param name="MostWaiting">The most threads for one method.</param>
internal readonly record struct Limits(int Cores, int Computing, int MostComputing, int MostWaiting);
