namespace ManyHands.Chaos.Boards;

/// <summary>Where a worker is in its life. On the board; the first line of its own code in each phase writes it.</summary>
internal enum Moment
{
    None,

    /// <summary>In the initializer: it has not said that it is ready.</summary>
    Starting,

    /// <summary>In the codec, decoding an argument.</summary>
    Reading,

    /// <summary>In the work.</summary>
    Executing,

    /// <summary>In the codec, encoding a result.</summary>
    Writing,

    /// <summary>The codec or the throwing work has been left less than a millisecond ago: the result is being sent, or has been.</summary>
    Sent,

    /// <summary>Without a task for a millisecond or more.</summary>
    Idle,

    /// <summary>It was told to end, and its process is ending.</summary>
    Retiring,
}
