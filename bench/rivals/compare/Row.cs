namespace ManyHands.Rivals.Compare;

/// <summary>One thing that is measured, and who stands beside us in it.</summary>
/// <param name="Topic">The contestants' topic.</param>
/// <param name="Metric">The name in our contestant's lines.</param>
/// <param name="What">What it is, for people.</param>
/// <param name="Unit">The unit of every value in the row.</param>
/// <param name="Beside">One line of the table each.</param>
internal sealed record Row(string Topic, string Metric, string What, string Unit, params Beside[] Beside);

/// <summary>What ours is compared with.</summary>
/// <param name="Who">A contestant's name, or null where only the value itself is judged.</param>
/// <param name="Metric">The name in its lines; null where it is the same as ours.</param>
/// <param name="Goal">What is to be reached; null where it is only printed.</param>
/// <param name="Note">What else the reader should know.</param>
internal sealed record Beside(string? Who, Goal? Goal = null, string? Metric = null, string? Note = null);

/// <summary>A limit for a ratio, or for the value itself where there is nobody beside it.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="IsLeast">Ours must be at least that much, not at most.</param>
/// <param name="IsAim">Only a direction: nothing is met or missed.</param>
internal sealed record Goal(double Limit, bool IsLeast = false, bool IsAim = false)
{
    public static Goal AtMost(double limit) => new(limit);

    public static Goal AtLeast(double limit) => new(limit, IsLeast: true);

    public static Goal Towards(double limit) => new(limit, IsAim: true);

    public bool IsMet(double value) => IsLeast ? value >= Limit : value <= Limit;
}
