using System.Globalization;

namespace ManyHands.Lab;

/// <summary>When figures are called equal, and how they are written.</summary>
internal static class Comparison
{
    /// <summary>Figures within this part of each other are called equal: the tenth by which medians of a shared machine differ for no reason.</summary>
    public const double Margin = 0.1;

    // Half of the rounds lie that far apart, as a part of the median.
    private const double TooMuch = 0.5;

    /// <summary>
    /// Kinds of worker by their price, the cheapest first: memory and start of one more. Among equals the cheapest is the one to use. Others come last.
    /// </summary>
    private static readonly string[] _byPrice = ["serial", "threads", "async", "contexts", "processes × threads", "processes"];

    public static int Price(string kind)
    {
        int index = Array.IndexOf(_byPrice, kind);
        return index < 0 ? _byPrice.Length : index;
    }

    /// <summary>
    /// Ways of ours that something can be concluded from: those that did their work and were timed often enough. None if one is missing that did its work, since
    /// it might be the best, or if one came out faster than can be, since then what all are compared with was disturbed.
    /// </summary>
    public static IEnumerable<WayResult> Ours(ExperimentResult experiment) => Of(experiment, Contestant.DotNet);

    /// <summary>The same of any runtime.</summary>
    public static IEnumerable<WayResult> Of(ExperimentResult experiment, string runtime)
    {
        WayResult[] ways = [.. experiment.Ways.Where(way => way.Runtime == runtime)];
        return ways.Any(way => IsMissing(way) || experiment.IsDoubtful(way)) || ways is not [{ Carries: true }, ..] ? [] : ways.Where(way => way.Carries && !IsTooNoisy(experiment, way));
    }

    /// <summary>It did its work, and was timed too seldom to conclude anything.</summary>
    public static bool IsMissing(WayResult way) => way is { IsRight: true, IsUnguarded: false, Carries: false };

    /// <summary>It varies so much between rounds that its median says nothing.</summary>
    public static bool IsTooNoisy(ExperimentResult experiment, WayResult way) => !experiment.IsAboutMemory && way.Seconds.Spread > TooMuch;

    /// <summary>The fastest way of ours that came to the right result; among equals the cheapest kind, and of that the fewest workers.</summary>
    public static WayResult? Best(ExperimentResult experiment, IEnumerable<WayResult> ways)
    {
        WayResult[] right = [.. ways.Where(way => way.IsRight)];
        if (right.Length == 0)
            return null;
        double limit = right.Max(experiment.SpeedUp) * (1 - Margin);
        return right.Where(way => experiment.SpeedUp(way) >= limit).OrderBy(way => Price(way.Kind)).ThenBy(way => way.Workers).First();
    }

    public static string Times(double ratio) => string.Create(CultureInfo.InvariantCulture, $"{(ratio < 9.95 ? $"{ratio:0.0}" : $"{ratio:0}")}×");

    public static string Workers(int count) => count == 1 ? "1 worker" : $"{count} workers";

    public static string And(IReadOnlyList<string> items) => items.Count switch
    {
        0 => "",
        1 => items[0],
        _ => $"{string.Join(", ", items.Take(items.Count - 1))} and {items[^1]}",
    };

    public static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
