using ManyHands.Chaos.Boards;

namespace ManyHands.Chaos.Feeding;

/// <summary>What the caller of each task got: the parent's half of the evidence, to be held against the board.</summary>
internal sealed class TaskBook(int capacity)
{
    private readonly TaskLine[] _lines = new TaskLine[capacity];
    private readonly Dictionary<TaskEnd, List<string>> _examples = [];
    private int _next;
    private int _ended;

    /// <summary>Tasks handed out.</summary>
    public int Count => _next;

    /// <summary>Tasks of which the caller knows the end.</summary>
    public int Ended => Volatile.Read(ref _ended);

    /// <summary>Maps whose results did not come in the order of their inputs, or came twice.</summary>
    public int OutOfOrder { get; private set; }

    /// <summary>Workers that maps without a list of failures named as lost.</summary>
    public List<int> NamedByMaps { get; } = [];

    public ref TaskLine this[int task] => ref _lines[task];

    /// <summary>Numbers for tasks, one behind the other; the first of them.</summary>
    public int Take(int count, TaskKind kind)
    {
        int first = Interlocked.Add(ref _next, count) - count;
        foreach (ref TaskLine line in _lines.AsSpan(first, count))
            line.Kind = kind;
        return first;
    }

    public void End(int task, TaskEnd end, Exception? error = null)
    {
        ref TaskLine line = ref _lines[task];
        line.SeenAt = Clock.Now;
        if (error is WorkerLostException lost)
            (line.Pid, line.Cause) = (lost.Pid, lost.Cause);
        if (line.End != TaskEnd.None)
            end = TaskEnd.Twice;
        line.End = end;
        Interlocked.Increment(ref _ended);
        if (end is TaskEnd.Wrong or TaskEnd.Unexpected or TaskEnd.Twice)
            Remember(end, $"task {task} ({line.Kind}): {error?.ToString() ?? "another answer than ordered"}");
    }

    public void Disorder(string what)
    {
        lock (_examples)
            OutOfOrder++;
        Remember(TaskEnd.Wrong, what);
    }

    /// <summary>The first few descriptions of a kind of end.</summary>
    public IReadOnlyList<string> Examples(TaskEnd end) => _examples.GetValueOrDefault(end, []);

    private void Remember(TaskEnd end, string what)
    {
        const int most = 3;
        lock (_examples)
        {
            if (!_examples.TryGetValue(end, out List<string>? list))
                _examples[end] = list = [];
            if (list.Count < most)
                list.Add(what);
        }
    }
}

/// <summary>One task as its caller knows it.</summary>
internal struct TaskLine
{
    public TaskKind Kind;
    public TaskEnd End;

    /// <summary>The process that was lost with it.</summary>
    public int Pid;

    /// <summary>Why, as the error says.</summary>
    public WorkerLossCause Cause;

    /// <summary>When the caller saw the end.</summary>
    public long SeenAt;
}

/// <summary>How a task is submitted, and what may become of it.</summary>
internal enum TaskKind : byte
{
    Tiny,
    Milliseconds,
    Large,
    Async,
    Throwing,
    Cancelled,
    TimedOut,
    Repeatable,
    Map,

    /// <summary>In a map that its reader leaves early.</summary>
    LeftMap,
    Meeting,
}

/// <summary>How a task ended, for its caller.</summary>
internal enum TaskEnd : byte
{
    None,
    Result,
    Lost,
    Cancelled,
    TimedOut,
    Threw,

    /// <summary>Its map was left, or was stopped by another's failure, before it was handed out.</summary>
    Left,

    Wrong,
    Unexpected,
    Twice,
}
