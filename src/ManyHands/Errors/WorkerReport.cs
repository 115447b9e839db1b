namespace ManyHands;

/// <summary>What is known about a worker process whose end costs a task, as the task's error tells it.</summary>
internal sealed record WorkerReport(int Pid)
{
    /// <summary>The last lines of its error output, oldest first.</summary>
    public IReadOnlyList<string> LastLines { get; init; } = [];

    /// <summary>The last lines of its ordinary output, oldest first.</summary>
    public IReadOnlyList<string> LastOutput { get; init; } = [];

    /// <summary>The line that tells most about the end.</summary>
    public string? Headline { get; init; }

    /// <summary>What the executor itself knows about the end, as whole sentences.</summary>
    public string? Note { get; init; }

    public WorkerUsage? Usage { get; init; }

    /// <summary>What it said last, with a space before it; empty where it said nothing.</summary>
    public string LastWords => Headline is not null ? $" It wrote: '{Headline}'."
        : LastLines.Count > 0 ? $" Last line of its error output: '{LastLines[^1]}'."
        : LastOutput.Count > 0 ? $" Last line of its output: '{LastOutput[^1]}'."
        : "";
}
