namespace ManyHands;

/// <summary>How often a task that lost its worker is run in all.</summary>
public sealed record RetryPolicy
{
    /// <summary>
    /// Runs in all, the first included. Default: 3, as many lost workers as a task that always kills its worker may cost (Dask's limit).
    /// </summary>
    public int Attempts { get; init; } = 3;

    internal void Check() => ArgumentOutOfRangeException.ThrowIfLessThan(Attempts, 1, nameof(Attempts));
}
