namespace ManyHands.Processes;

/// <summary>The last lines of an output. Thread-safe.</summary>
internal sealed class LineTail
{
    private const int MaxLines = 20;

    private readonly Queue<string> _lines = new();

    public void Add(string line)
    {
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > MaxLines)
                _lines.Dequeue();
        }
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<string> ToList()
    {
        lock (_lines)
            return [.. _lines];
    }
}
