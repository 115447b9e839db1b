using System.Globalization;

namespace ManyHands;

/// <summary>One run of a task that ended with its worker.</summary>
/// <param name="Attempt">Which attempt it was, counting from 1.</param>
/// <param name="Pid">Process id of the worker.</param>
/// <param name="Cause">Why the worker was lost.</param>
/// <param name="Ran">Time from when the task could begin in that worker until the loss was noticed.</param>
public sealed record LostAttempt(int Attempt, int Pid, WorkerLossCause Cause, TimeSpan Ran)
{
    private const char Separator = ' ';

    /// <summary>Attempts as one text.</summary>
    internal static string Write(IEnumerable<LostAttempt> attempts) => string.Join(
        Separator, attempts.Select(lost => string.Create(CultureInfo.InvariantCulture, $"{lost.Attempt} {lost.Pid} {(int)lost.Cause} {lost.Ran.Ticks}")));

    /// <summary>Attempts from such a text.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal static IReadOnlyList<LostAttempt> Read(string? text) =>
    [
        .. (text ?? "").Split(Separator, StringSplitOptions.RemoveEmptyEntries).Select(number => long.Parse(number, CultureInfo.InvariantCulture)).Chunk(4)
            .Select(four => four.Length == 4
                ? new LostAttempt((int)four[0], (int)four[1], (WorkerLossCause)four[2], TimeSpan.FromTicks(four[3]))
                : throw new FormatException("An attempt is incomplete.")),
    ];
}
