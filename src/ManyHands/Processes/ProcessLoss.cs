using ManyHands.Pooling;

namespace ManyHands.Processes;

/// <summary>What is known about a worker process that is gone, or on its way there.</summary>
internal sealed record ProcessLoss(ProcessEnd End, WorkerLossCause Cause, WorkerReport Report) : WorkerLoss
{
    public override string Detail => (End.IsUnknown
        ? $"Process {Report.Pid} ended ({Cause}). How is not known: something else in this process took its exit status, as native libraries do that wait for any child."
        : End.Signal is { } signal
        ? $"Process {Report.Pid} was ended by signal {signal} ({Cause})."
        : $"Process {Report.Pid} ended with exit code {End.ExitCode} ({Cause}).")
        + (Report.Note is null ? "" : " " + Report.Note)
        + (Report.Headline is { } headline ? $" It wrote: {headline}" : Report.LastLines.Count > 0 ? $" Its last line: {Report.LastLines[^1]}" : "");

    public override WorkerReport Known => Report;

    public override LostAttempt Attempt(int number, TimeSpan ran) => new(number, Report.Pid, Cause, ran);

    public override Exception ErrorFor(WorkItem item) => new WorkerLostException(
        item.Id, item.Name, Report.Pid, Cause, item.Suspicions > 0 ? LostTaskState.Unknown : LostTaskState.Started, item.Attempt, End.ExitCode, End.Signal, Report, new RetryHistory(item.Options.Retry, item.LostAttempts));
}
