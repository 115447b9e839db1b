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
    private readonly List<string> _head = [];
    private WorkerLossCause? _cause;

    public void Add(string line)
    {
        lock (_gate)
        {
            if (_head.Count == 0)
                LookForMarker(line);
            else if (_head.Count == 1)
                _head.Add(line); // "Process terminated." stands alone, and the message follows

            _lines.Enqueue(line);
            if (_lines.Count > MaxLines)
                _lines.Dequeue();
        }
    }

    /// <summary>What tells most about the end: the marker with the line after it. Null where there was none.</summary>
    public string? Headline
    {
        get
        {
            lock (_gate)
                return _head.Count == 0 ? null : string.Join(' ', _head.Select(line => line.Trim()));
        }
    }

    /// <summary>The marker and the line after it, if they have left the tail, and the last lines.</summary>
    public IReadOnlyList<string> Lines()
    {
        lock (_gate)
            return _head.Count == 0 || _lines.Contains(_head[0]) ? [.. _lines] : [.. _head.Where(line => !_lines.Contains(line)), .. _lines];
    }

    private void LookForMarker(string line)
    {
        foreach (var (start, cause) in _markers)
        {
            if (line.StartsWith(start, StringComparison.Ordinal))
            {
                _head.Add(line);
                _cause = cause;
            }
        }
    }

    /// <summary>Why the process ended, from how it ended and what it wrote.</summary>
    public WorkerLossCause CauseOf(ProcessEnd end)
    {
        const int kill = 9, terminate = 15, interrupt = 2, hangUp = 1;
        lock (_gate)
        {
            if (_cause is { } cause)
                return cause;
        }

        return end.Signal switch
        {
            null => WorkerLossCause.Exited,
            kill or terminate or interrupt or hangUp => WorkerLossCause.Killed,
            _ => WorkerLossCause.Crashed,
        };
    }
}
