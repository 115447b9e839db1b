using ManyHands.Pooling;

namespace ManyHands.Processes;

/// <summary>What is known about a worker process that is gone.</summary>
internal sealed record ProcessLoss(int Pid, ProcessEnd End, WorkerLossCause Cause, IReadOnlyList<string> LastLines, string? Headline) : WorkerLoss
{
    public override string Detail => (End.Signal is { } signal
        ? $"Process {Pid} was ended by signal {signal} ({Cause})."
        : $"Process {Pid} ended with exit code {End.ExitCode} ({Cause}).")
        + (Headline is not null ? $" It wrote: {Headline}" : LastLines.Count > 0 ? $" Its last line: {LastLines[^1]}" : "");

    public override Exception ErrorFor(WorkItem item) => new WorkerLostException(
        item.Id, item.Name, Pid, Cause, LostTaskState.Started, item.Attempt, End.ExitCode, End.Signal, LastLines, Headline);
}
