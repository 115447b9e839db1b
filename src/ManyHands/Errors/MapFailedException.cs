using System.Globalization;

namespace ManyHands;

/// <summary>A map that continued past failures has ended; these items failed, all others gave their results.</summary>
public sealed class MapFailedException : ExecutorException
{
    internal MapFailedException(IReadOnlyList<MapFailure> failures)
        : this(Describe(failures), failures)
    {
    }

    internal MapFailedException(string message, IReadOnlyList<MapFailure> failures)
        : base(message, failures.Count == 0 ? null : failures[0].Error)
        => Failures = failures;

    /// <summary>The failed items, in the order in which they failed.</summary>
    public IReadOnlyList<MapFailure> Failures { get; }

    private static string Describe(IReadOnlyList<MapFailure> failures)
    {
        const int shown = 3;
        var first = failures.Take(shown).Select(failure => string.Create(
            CultureInfo.InvariantCulture,
            $"item {failure.Index}: {failure.Error.GetType().Name}: {failure.Error.Message}"));
        string more = failures.Count > shown ? string.Create(CultureInfo.InvariantCulture, $"; and {failures.Count - shown} more") : "";
        string count = failures.Count == 1 ? "1 item" : string.Create(CultureInfo.InvariantCulture, $"{failures.Count} items");
        return $"{count} of the map failed ({string.Join("; ", first)}{more}). The results of all others were given; see Failures.";
    }
}
