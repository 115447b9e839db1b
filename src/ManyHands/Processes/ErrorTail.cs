namespace ManyHands.Processes;

/// <summary>
/// What a worker wrote to its error output last, bounded, and the last line that may tell why the runtime ended it: a stack overflow writes
/// its marker first and hundreds of thousands of lines after it. Work may print such a line too, so it counts only with an end that fits.
/// </summary>
internal sealed class ErrorTail
{
    private static readonly (string Start, WorkerLossCause Cause)[] _markers =
    [
        ("Stack overflow.", WorkerLossCause.StackOverflow),
        ("Process terminated.", WorkerLossCause.FailFast),
        ("Out of memory.", WorkerLossCause.OutOfMemory),
        ("Unhandled exception.", WorkerLossCause.Crashed),
        ("Fatal error.", WorkerLossCause.Crashed),
    ];

    private readonly Lock _gate = new();
    private readonly LineTail _lines = new();
    private readonly List<string> _head = [];
    private WorkerLossCause? _cause;

    public void Add(string line)
    {
        lock (_gate)
        {
            if (!IsMarker(line) && _head.Count == 1 && TellsSomething(line))
                _head.Add(line); // "Process terminated." stands alone, and the message follows

            _lines.Add(line);
        }
    }

    /// <summary>What tells most about the end: the marker with the line after it. Null where there was none, or it was not of this end.</summary>
    public string? HeadlineOf(ProcessEnd end)
    {
        lock (_gate)
            return _head.Count == 0 || !IsByTheRuntime(end) ? null : string.Join(' ', _head.Select(line => line.Trim()));
    }

    /// <summary>The marker and the line after it, if they have left the tail, and the last lines.</summary>
    public IReadOnlyList<string> Lines()
    {
        lock (_gate)
        {
            IReadOnlyList<string> last = _lines.ToList();
            return _head.Count == 0 || last.Contains(_head[0]) ? last : [.. _head.Where(line => !last.Contains(line)), .. last];
        }
    }

    /// <summary>Why the process ended, from how it ended and what it wrote.</summary>
    public WorkerLossCause CauseOf(ProcessEnd end)
    {
        const int kill = 9, terminate = 15, interrupt = 2, hangUp = 1;
        lock (_gate)
        {
            if (_cause is { } cause && IsByTheRuntime(end))
                return cause;
        }

        return end.Signal switch
        {
            null when end.IsUnknown => WorkerLossCause.Unknown,
            null => WorkerLossCause.Exited,
            kill or terminate or interrupt or hangUp => WorkerLossCause.Killed,
            _ => WorkerLossCause.Crashed,
        };
    }

    // Where nobody knows how the process ended, what it wrote is the best there is. Else: it aborts; on Windows it exits with a code that no program chooses, such as 0xC00000FD.
    private static bool IsByTheRuntime(ProcessEnd end)
    {
        const int abort = 6;
        return end.IsUnknown || end.Signal == abort || end.ExitCode is < 0 or > byte.MaxValue;
    }

    private bool IsMarker(string line)
    {
        foreach (var (start, cause) in _markers)
        {
            if (!line.StartsWith(start, StringComparison.Ordinal))
                continue;
            _head.Clear();
            _head.Add(line);
            _cause = cause;
            return true;
        }

        return false;
    }

    // A stack overflow says how often its frames repeat, draws a line, and then names the method.
    private bool TellsSomething(string line) =>
        _cause != WorkerLossCause.StackOverflow || !(line.StartsWith("Repeated ", StringComparison.Ordinal) || line.StartsWith("---", StringComparison.Ordinal));
}
