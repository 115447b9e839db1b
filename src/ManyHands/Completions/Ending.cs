namespace ManyHands.Completions;

/// <summary>An item that has ended, and how long its tasks ran in all; zero where that is not known.</summary>
internal readonly record struct Ending(WorkItem Item, TimeSpan Elapsed);
