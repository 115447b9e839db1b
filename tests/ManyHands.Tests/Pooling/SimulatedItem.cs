using ManyHands.Payloads;

namespace ManyHands.Tests.Pooling;

/// <summary>One task of a simulated item, and all that happened to it.</summary>
internal sealed class SimulatedTask
{
    /// <summary>Workers that began it, in order.</summary>
    public List<SimulatedWorker> Runs { get; } = [];

    public TaskOutcome? Outcome { get; private set; }

    public Exception? Error { get; private set; }

    public bool HasEnded => Outcome is not null;

    public void End(TaskOutcome outcome, Exception? error)
    {
        if (HasEnded)
            return; // as every real item: whoever ends it first has ended it
        Outcome = outcome;
        Error = error;
    }
}

/// <summary>An item that is never really run: a simulated worker begins and ends its tasks step by step.</summary>
internal sealed class SimulatedItem : WorkItem
{
    private readonly SimulatedTask[] _tasks;
    private readonly SimulatedItem _whole;
    private readonly List<SimulatedItem> _parts = [];
    private readonly int _first;
    private int _count;
    private bool _isWithdrawn;

    public SimulatedItem(string name, SubmitOptions? options = null, int count = 1, bool takesToken = false)
        : this(name, options ?? SubmitOptions.Default, takesToken, [.. Enumerable.Range(0, count).Select(_ => new SimulatedTask())], 0, count, null)
    {
    }

    private SimulatedItem(
        string name, SubmitOptions options, bool takesToken, SimulatedTask[] tasks, int first, int count, SimulatedItem? whole)
        : base(options)
    {
        Name = name;
        TakesToken = takesToken;
        _tasks = tasks;
        _first = first;
        _count = count;
        _whole = whole ?? this;
        _whole._parts.Add(this);
    }

    public override string Name { get; }

    public override bool TakesToken { get; }

    /// <summary>Its work goes on when it is asked to stop.</summary>
    public bool IgnoresCancellation { get; init; }

    /// <summary>Its work never ends by itself.</summary>
    public bool IsEndless { get; init; }

    /// <summary>Its work ends the worker that runs it.</summary>
    public bool KillsItsWorker { get; init; }

    /// <summary>The item from inside of which it was submitted, where that one waits for it.</summary>
    public SimulatedItem? AwaitedBy { get; set; }

    /// <summary>Its work cannot end: it waits for an item that has not ended, and takes no notice of being cancelled.</summary>
    public bool IsHeldUpIn(SimulatedPool pool) => !(WasAskedToStop && !IgnoresCancellation)
        && pool.Items.Exists(inner => inner.AwaitedBy == this && !inner.Tasks.All(task => task.HasEnded));

    public bool WasAskedToStop { get; private set; }

    /// <summary>It waits for room in the queue.</summary>
    public bool IsAtDoor { get; set; }

    /// <summary>The whole submission is being cancelled, so what is split off from now on is too, as in a map.</summary>
    public bool IsWithdrawn
    {
        get => _whole._isWithdrawn;
        set => _whole._isWithdrawn = value;
    }

    public Exception? Refusal { get; private set; }

    public override int Count => _count;

    public override bool IsBatch => _tasks.Length > 1;

    public override long ArgumentBytes => BytesOfOne * _count;

    public long BytesOfOne { get; init; }

    /// <summary>All tasks of the submission, those of parts that were split off included.</summary>
    public IReadOnlyList<SimulatedTask> Tasks => _tasks;

    /// <summary>The item itself, and what was split off.</summary>
    public IReadOnlyList<SimulatedItem> Parts => _whole._parts;

    public SimulatedTask Task(int index) => _tasks[_first + index];

    public IEnumerable<SimulatedTask> OwnTasks => _tasks.Skip(_first).Take(_count);

    public override void Admitted(Exception? refusal)
    {
        IsAtDoor.ShouldBeTrue();
        IsAtDoor = false;
        Refusal = refusal;
    }

    public override WorkItem? OuterItem => AwaitedBy;

    public override WorkItem? HoldsUp(out bool isGuess)
    {
        isGuess = IsGuess;
        return AwaitedBy is { } outer && !outer.OwnTasks.All(task => task.HasEnded) ? outer : null;
    }

    /// <summary>Who waits for it cannot be told for certain.</summary>
    public bool IsGuess { get; set; }

    public override Task? Run(RunningItem running) => throw new NotSupportedException();

    public override void CancelRun() => WasAskedToStop = true;

    public override ReadOnlyMemory<byte> WriteArguments() => throw new NotSupportedException();

    public override void Complete(int index, ReadOnlySpan<byte> result) => Task(index).End(TaskOutcome.Succeeded, null);

    public override void FailRemotely(int index, RemoteFailure failure) => throw new NotSupportedException();

    public override void FailOne(int index, Exception error) => Task(index).End(TaskOutcome.Failed, error);

    public override void FailAll(Exception error)
    {
        foreach (SimulatedTask task in OwnTasks)
            task.End(TaskOutcome.Failed, error);
    }

    public override void EndCancelled()
    {
        for (int i = 0; i < _count; i++)
            EndCancelled(i);
    }

    public void EndCancelled(int index)
    {
        CancelReason.ShouldNotBe(CancelReason.None);
        Task(index).End(CancelReason == CancelReason.Caller ? TaskOutcome.Cancelled : TaskOutcome.Failed, CancelError());
    }

    public override bool HasEnded(int index) => Task(index).HasEnded;

    public override WorkItem? TakeRest(int cut)
    {
        if (cut == 0)
            return this;
        if (cut >= _count)
            return null;
        var rest = new SimulatedItem(Name, Options, TakesToken, _tasks, _first + cut, _count - cut, _whole)
        {
            Owner = Owner,
            IgnoresCancellation = IgnoresCancellation,
            IsEndless = IsEndless,
            KillsItsWorker = KillsItsWorker,
            BytesOfOne = BytesOfOne,
            IsInner = IsInner,
            AwaitedBy = AwaitedBy,
        };
        if (IsWithdrawn)
            rest.TryMarkCancelled(CancelReason.Caller);
        _count = cut;
        return rest;
    }
}
