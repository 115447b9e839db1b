using ManyHands.Pooling;

namespace ManyHands.Processes;

/// <summary>What is known about a worker process that is gone, or on its way there.</summary>
internal sealed record ProcessLoss(ProcessEnd End, WorkerLossCause Cause, WorkerReport Report) : WorkerLoss
{
    public override string Detail => (End.Signal is { } signal
        ? $"Process {Report.Pid} was ended by signal {signal} ({Cause})."
        : $"Process {Report.Pid} ended with exit code {End.ExitCode} ({Cause}).")
        + (Report.Note is null ? "" : " " + Report.Note)
        + (Report.Headline is { } headline ? $" It wrote: {headline}" : Report.LastLines.Count > 0 ? $" Its last line: {Report.LastLines[^1]}" : "");

    public override WorkerReport Known => Report;

    public override LostAttempt Attempt(int number, TimeSpan ran) => new(number, Report.Pid, Cause, ran);

    public override Exception ErrorFor(WorkItem item) => new WorkerLostException(
        item.Id, item.Name, Report.Pid, Cause, LostTaskState.Started, item.Attempt, End.ExitCode, End.Signal, Report, new RetryHistory(item.Options.Retry, item.LostAttempts));
}
