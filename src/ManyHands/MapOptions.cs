namespace ManyHands;

/// <summary>How a map runs its items, and what it does when one fails.</summary>
public sealed record MapOptions : SubmitOptions
{
    internal static new MapOptions Default { get; } = new();

    /// <summary>What happens when an item fails. Default: <see cref="OnFailure.Stop"/>.</summary>
    public OnFailure OnFailure { get; init; } = OnFailure.Stop;

    /// <summary>
    /// Items that may be taken from the input before the results of earlier ones have been handed out. Default: chosen from the number of
    /// workers and the measured time of an item; never more than 64 MiB of encoded arguments.
    /// </summary>
    public int? MaxInFlight { get; init; }

    internal new void Check()
    {
        base.Check();
        if (MaxInFlight is { } limit)
            ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1, nameof(MaxInFlight));
    }
}

/// <summary>What a map does when one of its items fails.</summary>
public enum OnFailure
{
    /// <summary>Take no more input, cancel what is running and throw the error.</summary>
    Stop,

    /// <summary>
    /// Hand out every success, then throw one <see cref="MapFailedException"/> that lists the failures; or, where the input itself has failed,
    /// the input's error.
    /// </summary>
    Continue,
}
