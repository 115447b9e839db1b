using System.Globalization;

namespace ManyHands.Payloads;

/// <summary>
/// What our own exceptions carry beside message and cause. They have no public constructors, so <see cref="ExceptionBuilder"/> could not make them.
/// </summary>
internal static class FailureDetails
{
    private const char LineSeparator = '\n';

    /// <summary>The details as texts; empty for types that have none. May throw what getters throw.</summary>
    public static List<string?> Of(Exception error) => error switch
    {
        WorkerLostException lost =>
        [
            Text(lost.Pid), Text((int)lost.Cause), Text((int)lost.TaskState), Text(lost.Attempt),
            Text(lost.ExitCode), Text(lost.Signal), .. Known(lost.LastLines, lost.LastOutput, lost.Usage), LostAttempt.Write(lost.Attempts),
        ],
        PayloadTooLargeException tooLarge => [Text((int)tooLarge.Side), tooLarge.Reason, Text(tooLarge.Limit), Text(tooLarge.Size)],
        PayloadException payload => [Text((int)payload.Side), payload.Reason],
        TaskTimeoutException timeout => [Text(timeout.Timeout.Ticks), Text(timeout.Pid), .. Known(timeout.LastLines, timeout.LastOutput, timeout.Usage)],
        ResourceExhaustedException exhausted => [Text((int)exhausted.Kind)],
        ExecutorDeadlockException deadlock => [Text(deadlock.Task.Value), .. deadlock.Waiting.Select(task => Text(task.Value))],
        CommandStartException command => [command.Program, command.Reason],
        ExecutorBrokenException broken => [Text(broken.NextTryIn.Ticks)],
        RemoteTaskException remote => [remote.TypeName, remote.RemoteStack],
        MapFailedException map => [.. map.Failures.SelectMany(failure => (string?[])[Text(failure.Index), failure.Input as string])],
        _ => [],
    };

    /// <summary>An exception of ours with its data, or null where the type is none of ours.</summary>
    /// <exception cref="FormatException">The details are malformed.</exception>
    public static Exception? Ours(string typeName, RemoteFailure failure, IReadOnlyList<Exception> inner)
    {
        var details = failure.Details;
        string message = failure.Message;
        var cause = inner.Count > 0 ? inner[0] : null;
        return typeName switch
        {
            "ManyHands.WorkerLostException" when details.Count == 12 => new WorkerLostException(
                message, Number(details[0]), (WorkerLossCause)Number(details[1]), (LostTaskState)Number(details[2]), Number(details[3]),
                OptionalNumber(details[4]), OptionalNumber(details[5]), Report(Number(details[0]), details, 6), LostAttempt.Read(details[11])),
            "ManyHands.PayloadTooLargeException" when details.Count == 4 =>
                new PayloadTooLargeException(details[1]!, Long(details[2]), Long(details[3])) { Side = (PayloadSide)Number(details[0]) },
            "ManyHands.PayloadException" when details.Count == 2 =>
                new PayloadException(details[1]!, cause) { Side = (PayloadSide)Number(details[0]) },
            "ManyHands.TaskTimeoutException" when details.Count == 7 => new TaskTimeoutException(
                message, TimeSpan.FromTicks(Long(details[0])), cause, OptionalNumber(details[1]) is { } pid ? Report(pid, details, 2) : null),
            "ManyHands.ResourceExhaustedException" when details.Count == 1 =>
                new ResourceExhaustedException((ResourceKind)Number(details[0]), message, cause),
            "ManyHands.ExecutorDeadlockException" when details.Count >= 1 =>
                new ExecutorDeadlockException(message, new TaskId(Long(details[0])), [.. details.Skip(1).Select(task => new TaskId(Long(task)))]),
            "ManyHands.CommandStartException" when details.Count == 2 => new CommandStartException(details[0]!, details[1]!, cause),
            "ManyHands.RemoteTaskException" when details.Count == 2 => new RemoteTaskException(details[0]!, message, details[1], cause),
            "ManyHands.MapFailedException" when details.Count >= 2 * inner.Count => new MapFailedException(
                message, [.. inner.Select((error, i) => new MapFailure(Long(details[2 * i]), details[(2 * i) + 1], error))]),
            "ManyHands.WorkerVersionMismatchException" => new WorkerVersionMismatchException(message, cause),
            "ManyHands.WorkerStartException" => new WorkerStartException(message, cause),
            "ManyHands.ExecutorBrokenException" when details.Count == 1 => new ExecutorBrokenException(message, cause, TimeSpan.FromTicks(Long(details[0]))),
            "ManyHands.ExecutorNestingException" => new ExecutorNestingException(message),
            _ => null,
        };
    }

    private static string?[] Known(IReadOnlyList<string> lastLines, IReadOnlyList<string> lastOutput, WorkerUsage? usage) =>
    [
        string.Join(LineSeparator, lastLines), string.Join(LineSeparator, lastOutput),
        Text(usage?.ProcessorTime?.Ticks), Text(usage?.PeakBytes), Text(usage?.ResidentBytes),
    ];

    private static WorkerReport Report(int pid, IReadOnlyList<string?> details, int at) => new(pid)
    {
        LastLines = Lines(details[at]),
        LastOutput = Lines(details[at + 1]),
        Usage = WorkerUsage.Of(
            OptionalLong(details[at + 2]) is { } ticks ? TimeSpan.FromTicks(ticks) : null, OptionalLong(details[at + 3]), OptionalLong(details[at + 4])),
    };

    private static string[] Lines(string? text) => text is { Length: > 0 } lines ? lines.Split(LineSeparator) : [];

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static int Number(string? text) => int.Parse(text ?? "", CultureInfo.InvariantCulture);

    private static long Long(string? text) => long.Parse(text ?? "", CultureInfo.InvariantCulture);

    private static long? OptionalLong(string? text) => text is null ? null : Long(text);

    private static int? OptionalNumber(string? text) => text is null ? null : Number(text);
}
