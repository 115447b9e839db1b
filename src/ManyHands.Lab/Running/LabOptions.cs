namespace ManyHands.Lab;

/// <summary>What the lab is to do. The defaults are the short run.</summary>
public sealed record LabOptions
{
    /// <summary>The experiments. Default: those of the short run.</summary>
    public IReadOnlyList<Experiment>? Experiments { get; init; }

    /// <summary>
    /// Numbers of workers to try. Default: a short run, with every kind of worker at the cores, or for work that waits or does both at 16 (four times
    /// the cores where these are 16 or more), threads at another number too, and other runtimes in the countdown only.
    /// </summary>
    public IReadOnlyList<int>? WorkerCounts { get; init; }

    /// <summary>Rounds; each takes every time once. Rounds that others disturb are repeated, within limits. From fewer than 3 nothing is concluded. Default: 5.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>
    /// Time after which nothing further is measured; what has not been timed in 3 rounds by then is left out, and said to be. Default: 50 s. What is running then
    /// still ends, so the lab may take a little longer.
    /// </summary>
    public TimeSpan? Budget { get; init; } = TimeSpan.FromSeconds(50);

    /// <summary>Whether the same experiments run on other runtimes that are installed. Default: yes.</summary>
    public bool OtherRuntimes { get; init; } = true;

    /// <summary>Told how far it is. Called on any thread, one call at a time. Default: nobody is.</summary>
    public IProgress<LabProgress>? Progress { get; init; }
}

/// <summary>How far the lab is.</summary>
/// <param name="Doing">What it is doing, for people.</param>
/// <param name="Done">Parts done.</param>
/// <param name="Total">Parts there are.</param>
/// <param name="Left">Time that the rest will take, as far as can be said; null until it can.</param>
public sealed record LabProgress(string Doing, int Done, int Total, TimeSpan? Left);
