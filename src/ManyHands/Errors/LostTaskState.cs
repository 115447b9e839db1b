namespace ManyHands;

/// <summary>How far a task had come when its worker was lost.</summary>
public enum LostTaskState
{
    /// <summary>No line of the work ran: running it again is safe.</summary>
    NotStarted,

    /// <summary>The work had begun; part of what it does may be done.</summary>
    Started,

    /// <summary>Nobody can tell. Treat it as <see cref="Started"/>.</summary>
    Unknown,
}
