namespace ManyHands.Processes;

/// <summary>
/// What a worker wrote to its error output last, bounded, and the first line that tells why the runtime ended it: a stack overflow writes
/// its marker first and hundreds of thousands of lines after it.
/// </summary>
internal sealed class ErrorTail
{
    private const int MaxLines = 20;

    private static readonly (string Start, WorkerLossCause Cause)[] _markers =
    [
        ("Stack overflow.", WorkerLossCause.StackOverflow),
        ("Process terminated.", WorkerLossCause.FailFast),
        ("Out of memory.", WorkerLossCause.OutOfMemory),
        ("Unhandled exception.", WorkerLossCause.Crashed),
        ("Fatal error.", WorkerLossCause.Crashed),
    ];

    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();
    private string? _marker;
    private WorkerLossCause? _cause;

    public void Add(string line)
    {
        lock (_gate)
        {
            foreach (var (start, cause) in _markers)
            {
                if (_marker is null && line.StartsWith(start, StringComparison.Ordinal))
                    (_marker, _cause) = (line, cause);
            }

            _lines.Enqueue(line);
            if (_lines.Count > MaxLines)
                _lines.Dequeue();
        }
    }

    /// <summary>The marker, if it has left the tail, and the last lines.</summary>
    public IReadOnlyList<string> Lines()
    {
        lock (_gate)
            return _marker is null || _lines.Contains(_marker) ? [.. _lines] : [_marker, .. _lines];
    }

    /// <summary>Why the process ended, from how it ended and what it wrote.</summary>
    public WorkerLossCause CauseOf(ProcessEnd end)
    {
        const int kill = 9, terminate = 15, interrupt = 2, hangUp = 1;
        lock (_gate)
        {
            if (_cause is { } cause)
            {
                // A managed FailFast says "Process terminated."; so does an unhandled out-of-memory, with its own line.
                return cause;
            }
        }

        return end.Signal switch
        {
            null => WorkerLossCause.Exited,
            kill or terminate or interrupt or hangUp => WorkerLossCause.Killed,
            _ => WorkerLossCause.Crashed,
        };
    }
}
